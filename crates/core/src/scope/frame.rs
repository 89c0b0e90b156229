//! The stack of frames of a thread.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use super::TaskSide;
use super::tree::{NodeId, Tree};
use crate::record::Record;

/// A node in a tree of scopes.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) tree: Arc<Tree>,
    pub(crate) node: NodeId,
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)
    }
}

/// Whether a kill from outside passes into a scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Shelter {
    /// Cancelled with its parent.
    #[default]
    Open,
    /// A kill waits until it is over.
    Closed,
}

/// What is being polled.
#[derive(Debug)]
pub(crate) enum Frame {
    /// A task, with its side if it has one by now.
    Task { record: Arc<dyn Record>, side: Option<Box<TaskSide>> },
    /// A scope, with its place in the tree if it needed one by now.
    Scope { place: Option<Place>, shelter: Shelter },
}

thread_local! {
    static FRAMES: RefCell<Vec<Frame>> = const { RefCell::new(Vec::new()) };
}

/// Begins a poll. Must be matched by [`pop`], also when the poll panics.
#[inline]
pub(crate) fn push(frame: Frame) {
    FRAMES.with_borrow_mut(|frames| frames.push(frame));
}

/// Ends the poll begun last, and gives its frame back.
#[inline]
pub(crate) fn pop() -> Option<Frame> {
    FRAMES.with_borrow_mut(Vec::pop)
}

/// Opens a node under the scope that runs now. Scopes on the way to the root that had no node get one.
pub(crate) fn hold(shelter: Shelter) -> Place {
    FRAMES.with_borrow_mut(|frames| {
        let parent = settle(frames);
        let closed = shelter == Shelter::Closed;
        match parent {
            Some(Place { tree, node }) => Place { node: tree.open(Some(node), closed), tree },
            None => {
                let tree = Arc::new(Tree::default());
                Place { node: tree.open(None, closed), tree }
            }
        }
    })
}

/// The place of the innermost frame, made together with what it hangs on.
fn settle(frames: &mut [Frame]) -> Option<Place> {
    let settled = frames.iter().rposition(|frame| match frame {
        Frame::Task { .. } => true,
        Frame::Scope { place, .. } => place.is_some(),
    });
    let mut above = None;
    for frame in &mut frames[settled.unwrap_or(0)..] {
        let (place, closed) = match frame {
            Frame::Task { side, .. } => (&mut side.get_or_insert_default().scope.place, false),
            Frame::Scope { place, shelter } => (place, *shelter == Shelter::Closed),
        };
        let place = place.get_or_insert_with(|| match above.take() {
            Some(Place { tree, node }) => Place { node: tree.open(Some(node), closed), tree },
            None => {
                let tree = Arc::new(Tree::default());
                Place { node: tree.open(None, closed), tree }
            }
        });
        above = Some(place.clone());
    }
    above
}

/// The task that runs now.
pub(crate) fn current_record() -> Option<Arc<dyn Record>> {
    with_current(Arc::clone)
}

/// Reads the task that runs now, without counting a reference. The code must not poll or spawn.
#[inline]
pub(crate) fn with_current<R>(read: impl FnOnce(&Arc<dyn Record>) -> R) -> Option<R> {
    FRAMES
        .try_with(|frames| {
            frames
                .borrow()
                .iter()
                .rev()
                .find_map(|frame| match frame {
                    Frame::Task { record, .. } => Some(record),
                    Frame::Scope { .. } => None,
                })
                .map(read)
        })
        .ok()
        .flatten()
}

/// Whether this is the task that runs now.
pub(crate) fn is_current(record: &Arc<dyn Record>) -> bool {
    with_current(|current| std::ptr::addr_eq(Arc::as_ptr(current), Arc::as_ptr(record))).unwrap_or(false)
}

/// Whether the running code is in a clean-up or a shield of the current task.
pub(crate) fn is_sheltered() -> bool {
    FRAMES.with_borrow(|frames| {
        frames
            .iter()
            .rev()
            .take_while(|frame| matches!(frame, Frame::Scope { .. }))
            .any(|frame| matches!(frame, Frame::Scope { shelter: Shelter::Closed, .. }))
    })
}

/// Works on the side of the task that runs now, which is made if there is none. The code must not call users.
pub(crate) fn with_task_side<R>(work: impl FnOnce(&mut TaskSide) -> R) -> Option<R> {
    FRAMES.with_borrow_mut(|frames| {
        frames
            .iter_mut()
            .rev()
            .find_map(|frame| match frame {
                Frame::Task { side, .. } => Some(side.get_or_insert_default()),
                Frame::Scope { .. } => None,
            })
            .map(|side| work(side))
    })
}
