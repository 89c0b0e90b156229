//! Where the code of this thread stands: two registers, for the task and for the scope that are being polled.
//!
//! A poll swaps itself in and swaps what was there back out at its end, also when it panics; so nothing is counted,
//! and nothing is allocated. A scope that may never need a place in the tree (a timeout) enters *vacant*: it only
//! counts itself. Whoever opens a place inside gives one to each vacant scope around it first.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::mem::{self, ManuallyDrop};
use std::sync::Arc;

use super::tree::{NodeId, Shelter, Tree};
use super::{Locals, Suspend, TaskSide};
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

/// A task while it is polled, with its side if it has one by now.
pub(crate) struct TaskFrame {
    pub(crate) record: Arc<dyn Record>,
    pub(crate) side: Option<Box<TaskSide>>,
    /// Work for the next suspension; the first piece of it needs no side.
    pub(crate) hook: Option<Arc<dyn Suspend>>,
}

/// The registers. What is in them is taken out again before the thread goes on, so they need no destructor; what
/// needs none is reached fastest.
struct Here {
    task: Cell<Option<ManuallyDrop<TaskFrame>>>,
    /// The innermost scope that has a place; the task's root if none.
    scope: Cell<Option<ManuallyDrop<Place>>>,
    sheltered: Cell<bool>,
    /// Scopes without a place inside that one.
    vacant: Cell<u32>,
    /// Tasks and scopes that are being polled.
    depth: Cell<u32>,
}

thread_local! {
    static HERE: Here = const {
        Here {
            task: Cell::new(None),
            scope: Cell::new(None),
            sheltered: Cell::new(false),
            vacant: Cell::new(0),
            depth: Cell::new(0),
        }
    };
    /// What the scope register held before each vacant scope that was given a place.
    static OUTER: RefCell<Vec<Option<Place>>> = const { RefCell::new(Vec::new()) };
}

/// What was being polled when a task or a scope was entered.
#[must_use = "what was swapped in must be swapped out"]
pub(crate) struct Entered {
    scope: Option<Place>,
    sheltered: bool,
    vacant: u32,
}

/// What was being polled when a task was entered: nothing, except where a runtime runs inside a task of another.
#[must_use = "what was swapped in must be swapped out"]
pub(crate) struct TaskEntered(Option<Box<(Entered, Option<TaskFrame>)>>);

/// Begins the poll of a task.
#[inline]
pub(crate) fn enter_task(frame: TaskFrame) -> TaskEntered {
    HERE.with(|here| {
        let outer = if here.depth.get() == 0 { None } else { Some(here.save_all()) };
        here.depth.set(here.depth.get() + 1);
        here.task.set(Some(ManuallyDrop::new(frame)));
        TaskEntered(outer)
    })
}

/// Ends the poll of a task, and gives its frame back.
#[inline]
pub(crate) fn leave_task(entered: TaskEntered) -> Option<TaskFrame> {
    HERE.with(|here| {
        here.depth.set(here.depth.get() - 1);
        let frame = here.task.take();
        if let Some(outer) = entered.0 {
            here.restore_all(*outer);
        }
        frame.map(ManuallyDrop::into_inner)
    })
}

/// Begins the poll of a scope that has a place.
pub(crate) fn enter_scope(place: Place, shelter: Shelter) -> Entered {
    HERE.with(|here| {
        here.depth.set(here.depth.get() + 1);
        Entered {
            scope: here.swap_scope(Some(place)),
            sheltered: here.sheltered.replace(here.sheltered.get() || shelter != Shelter::Open),
            vacant: here.vacant.replace(0),
        }
    })
}

/// Ends the poll of a scope, and gives its place back.
pub(crate) fn leave_scope(entered: Entered) -> Option<Place> {
    HERE.with(|here| {
        here.depth.set(here.depth.get() - 1);
        here.sheltered.set(entered.sheltered);
        here.vacant.set(entered.vacant);
        here.swap_scope(entered.scope)
    })
}

/// Begins the poll of a scope that has no place yet.
#[inline]
pub(crate) fn enter_vacant() {
    HERE.with(|here| {
        here.depth.set(here.depth.get() + 1);
        here.vacant.set(here.vacant.get() + 1);
    });
}

/// Ends the poll of a scope that had no place, and gives the one that it has got meanwhile.
#[inline]
pub(crate) fn leave_vacant() -> Option<Place> {
    HERE.with(|here| {
        here.depth.set(here.depth.get() - 1);
        match here.vacant.get() {
            0 => here.swap_scope(OUTER.with_borrow_mut(Vec::pop).flatten()),
            vacant => {
                here.vacant.set(vacant - 1);
                None
            }
        }
    })
}

impl Here {
    fn swap_scope(&self, scope: Option<Place>) -> Option<Place> {
        self.scope.replace(scope.map(ManuallyDrop::new)).map(ManuallyDrop::into_inner)
    }

    fn innermost(&self) -> Option<Place> {
        let place = self.swap_scope(None);
        drop(self.swap_scope(place.clone()));
        place
    }

    #[cold]
    fn save_all(&self) -> Box<(Entered, Option<TaskFrame>)> {
        let entered = Entered {
            scope: self.swap_scope(None),
            sheltered: self.sheltered.replace(false),
            vacant: self.vacant.replace(0),
        };
        Box::new((entered, self.task.take().map(ManuallyDrop::into_inner)))
    }

    #[cold]
    fn restore_all(&self, (entered, task): (Entered, Option<TaskFrame>)) {
        drop(self.swap_scope(entered.scope));
        self.sheltered.set(entered.sheltered);
        self.vacant.set(entered.vacant);
        self.task.set(task.map(ManuallyDrop::new));
    }
}

/// Opens a place under the scope that runs now. Vacant scopes around it get theirs first.
pub(crate) fn hold(shelter: Shelter) -> Place {
    HERE.with(|here| {
        let mut around = here.innermost();
        if around.is_none() {
            around = with_task_side(|side| {
                side.scope.place.get_or_insert_with(|| open(None, Shelter::Open)).clone()
            });
        }
        for _ in 0..here.vacant.take() {
            let place = open(around.as_ref(), Shelter::Open);
            around = Some(place.clone());
            OUTER.with_borrow_mut(|outer| outer.push(here.swap_scope(Some(place))));
        }
        open(around.as_ref(), shelter)
    })
}

fn open(around: Option<&Place>, shelter: Shelter) -> Place {
    match around {
        Some(Place { tree, node }) => Place { node: tree.open(Some(*node), shelter), tree: tree.clone() },
        None => {
            let tree = Arc::new(Tree::default());
            Place { node: tree.open(None, shelter), tree }
        }
    }
}

/// The task that runs now.
pub(crate) fn current_record() -> Option<Arc<dyn Record>> {
    with_current(Arc::clone)
}

/// Reads the task that runs now, without counting a reference. The code must be ours and must not ask again.
#[inline]
pub(crate) fn with_current<R>(read: impl FnOnce(&Arc<dyn Record>) -> R) -> Option<R> {
    with_frame(|frame| read(&frame.record))
}

#[inline]
fn with_frame<R>(work: impl FnOnce(&mut TaskFrame) -> R) -> Option<R> {
    HERE.with(|here| {
        let mut frame = here.task.take()?;
        let result = work(&mut frame);
        here.task.set(Some(frame));
        Some(result)
    })
}

/// Whether this is the task that runs now.
pub(crate) fn is_current(record: &Arc<dyn Record>) -> bool {
    with_current(|current| std::ptr::addr_eq(Arc::as_ptr(current), Arc::as_ptr(record))).unwrap_or(false)
}

/// Runs code as a clean-up of the task that runs now.
pub(crate) fn sheltered<R>(code: impl FnOnce() -> R) -> R {
    struct Before(bool);

    impl Drop for Before {
        fn drop(&mut self) {
            HERE.with(|here| here.sheltered.set(self.0));
        }
    }

    let _before = Before(HERE.with(|here| here.sheltered.replace(true)));
    code()
}

/// Work for the next suspension of the task that runs now. Whether there is one.
pub(crate) fn add_hook(work: Arc<dyn Suspend>) -> bool {
    with_frame(|frame| match &mut frame.hook {
        hook @ None => *hook = Some(work),
        Some(_) => frame.side.get_or_insert_default().hooks.push(work),
    })
    .is_some()
}

/// Whether the running code is in a clean-up or a shield of the current task.
pub(crate) fn is_sheltered() -> bool {
    HERE.with(|here| here.sheltered.get())
}

/// Whether the scope that runs now has been cancelled.
pub(crate) fn is_cancelled() -> bool {
    let around = HERE.with(Here::innermost);
    let around = around.or_else(|| with_frame(|frame| frame.side.as_ref()?.scope.place.clone()).flatten());
    around.is_some_and(|place| place.tree.is_cancelled(place.node))
}

/// Exchanges the own values of the task that runs now for others. Outside of a task there is nothing to exchange.
pub(crate) fn swap_locals(values: &mut Locals) {
    let _ = with_frame(|frame| match &mut frame.side {
        Some(side) => mem::swap(&mut side.locals, values),
        None if values.is_empty() => {}
        none => mem::swap(&mut none.insert(Box::default()).locals, values),
    });
}

/// Takes the own values of the task that runs now, if it has any, to be dropped.
#[inline]
pub(crate) fn take_locals() -> Option<Locals> {
    with_frame(|frame| {
        let side = frame.side.as_mut().filter(|side| !side.locals.is_empty())?;
        Some(mem::take(&mut side.locals))
    })
    .flatten()
}

/// Works on the side of the task that runs now, which is made if there is none. The code must be ours and must not ask
/// again.
pub(crate) fn with_task_side<R>(work: impl FnOnce(&mut TaskSide) -> R) -> Option<R> {
    with_frame(|frame| work(frame.side.get_or_insert_default()))
}
