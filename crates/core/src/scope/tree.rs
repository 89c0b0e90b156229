//! The tree of cancel scopes of one task, as data.
//!
//! Invariants:
//! 1. A node is in the tree from the first poll of its scope (or of something inside it that needs a parent) until it
//!    *leaves*. A node that leaves hands its children to its parent, so every node's parent is in the tree.
//! 2. `cancelled` only ever goes from false to true. A node is cancelled when its parent is, unless it is a shelter:
//!    cancellation stops there, and a shelter is only *asked*.
//! 3. Whoever is cancelled or asked is woken, by its own waker: a combinator may poll only children that were woken.
//! 4. A cancelled scope may unwind (drop its body) when it is *innermost*: its body has no child that could still be
//!    polled. What it adopted is no part of its body.
//!    A child that was woken, and is not polled in so many polls of its parent's body, is dormant: somebody holds it
//!    without polling it. Dropping the body ends it, and its clean-up is adopted by the parent. That it was woken is
//!    told by its watch; so it may fall dormant in the middle of its clean-up as well.
//! 5. A clean-up handed over by a dropped scope lies in `adopted` until the owner of the node fetches it; the owner is
//!    woken. It is never dropped before it ran, unless the tree is *dead* (cut off, or the runtime is gone).
//! 6. One mutex guards the whole tree; no waker and no user value is woken or dropped under it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::Waker;

use super::watch::Watch;
use crate::sync::Mutex;

/// A clean-up that runs detached from the scope it belonged to.
pub(crate) type Cleanup = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A node; the generation tells it from a later one in the same slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NodeId {
    index: u32,
    generation: u32,
}

const NONE: u32 = u32::MAX;

/// How often a cancelled body is polled for the sake of a child that was woken: a combinator that stops early, as
/// `FuturesUnordered` does after two children that woke themselves, may come to it late.
const PATIENCE: u8 = 64;

/// Whether a kill from outside passes into a scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Shelter {
    /// Cancelled with its parent.
    #[default]
    Open,
    /// A kill waits until it is over.
    Closed,
    /// The same for a clean-up. Its parent polls it by itself, so the body of the parent may be dropped meanwhile.
    Detached,
}

#[derive(Default)]
struct Node {
    generation: u32,
    live: bool,
    parent: u32,
    children: Vec<u32>,
    shelter: Shelter,
    cancelled: bool,
    /// A shelter whose parent was cancelled.
    asked: bool,
    /// Cancelled or asked, and not polled since.
    due: bool,
    /// Polls of the parent's body in which it was due, or woken, and not polled.
    missed: u8,
    /// There once it has been polled since it was cancelled or asked.
    watch: Option<Arc<Watch>>,
    waker: Option<Waker>,
    adopted: Vec<Cleanup>,
}

#[derive(Default)]
struct Nodes {
    nodes: Vec<Node>,
    free: Vec<u32>,
    dead: bool,
}

/// All cancel scopes of a task that need a node.
#[derive(Default)]
pub(crate) struct Tree(Mutex<Nodes>);

/// What a scope learns at the start of its poll.
pub(crate) struct Attention {
    pub(crate) cancelled: bool,
    pub(crate) childless: bool,
    /// To be woken, in place of the waker, by what is inside a cancelled scope.
    pub(crate) watch: Option<Arc<Watch>>,
    pub(crate) adopted: Vec<Cleanup>,
}

/// What a cancelled scope does after its body was polled and is still pending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nobody inside is left to wait for: drop the body.
    Innermost,
    /// Somebody inside is unwinding.
    Wait,
    /// Somebody inside was woken and not yet polled: poll once more before judging.
    Again,
}

impl Tree {
    /// Opens a node under `parent`; a cancelled parent makes a cancelled child, unless the child is a shelter.
    pub(crate) fn open(&self, parent: Option<NodeId>, shelter: Shelter) -> NodeId {
        let mut guard = self.0.lock();
        let tree = &mut *guard;
        let parent = parent.map_or(NONE, |id| if tree.is_live(id) { id.index } else { NONE });
        let under_cancel = parent != NONE && tree.nodes[parent as usize].cancelled;
        let index = tree.free.pop().unwrap_or_else(|| {
            tree.nodes.push(Node::default());
            (tree.nodes.len() - 1) as u32
        });
        let node = &mut tree.nodes[index as usize];
        node.generation = node.generation.wrapping_add(1);
        node.live = true;
        node.parent = parent;
        node.shelter = shelter;
        node.cancelled = under_cancel && shelter == Shelter::Open;
        node.asked = under_cancel && shelter != Shelter::Open;
        // It is opened by its own poll.
        node.due = false;
        node.missed = 0;
        let id = NodeId { index, generation: node.generation };
        if parent != NONE {
            tree.nodes[parent as usize].children.push(index);
        }
        id
    }

    /// The start of a scope's poll: leaves the waker, learns what happened, fetches what was handed over.
    pub(crate) fn attend(&self, id: NodeId, waker: &Waker) -> Attention {
        let mut guard = self.0.lock();
        let childless = guard.awaited(id).next().is_none();
        let node = &mut guard.nodes[id.index as usize];
        let replaced = match &node.waker {
            Some(kept) if kept.will_wake(waker) => None,
            _ => node.waker.replace(waker.clone()),
        };
        node.due = false;
        node.missed = 0;
        // Nobody judges a root.
        let (watch, before) = if (node.cancelled || node.asked) && node.parent != NONE {
            node.watch(waker)
        } else {
            (None, None)
        };
        let adopted = std::mem::take(&mut node.adopted);
        let attention = Attention { cancelled: node.cancelled, childless, watch, adopted };
        drop(guard);
        drop((replaced, before));
        attention
    }

    /// After a pending poll of a cancelled body.
    pub(crate) fn judge(&self, id: NodeId) -> Verdict {
        let mut guard = self.0.lock();
        let tree = &mut *guard;
        if tree.awaited(id).any(|child| !child.is_due()) {
            return Verdict::Wait;
        }
        let mut verdict = Verdict::Innermost;
        for at in 0..tree.nodes[id.index as usize].children.len() {
            let child = tree.nodes[id.index as usize].children[at];
            let child = &mut tree.nodes[child as usize];
            child.missed = child.missed.saturating_add(1);
            if child.shelter != Shelter::Detached && child.missed < PATIENCE {
                verdict = Verdict::Again;
            }
        }
        verdict
    }

    /// Whether the scope has been cancelled.
    pub(crate) fn is_cancelled(&self, id: NodeId) -> bool {
        let guard = self.0.lock();
        guard.is_live(id) && guard.nodes[id.index as usize].cancelled
    }

    /// Cancels a scope and everything inside it, up to shelters, and wakes them.
    pub(crate) fn cancel(&self, id: NodeId) {
        let mut wakers = Vec::new();
        {
            let mut guard = self.0.lock();
            if !guard.is_live(id) {
                return;
            }
            guard.spread(id.index, &mut wakers);
        }
        wakers.into_iter().for_each(Waker::wake);
    }

    /// A scope is over: its children become its parent's, and the parent is woken. Returns clean-ups handed over and
    /// not fetched.
    #[must_use = "clean-ups run"]
    pub(crate) fn leave(&self, id: NodeId) -> Vec<Cleanup> {
        let mut wakers = Vec::new();
        let (adopted, dropped) = {
            let mut guard = self.0.lock();
            let tree = &mut *guard;
            if !tree.is_live(id) {
                return Vec::new();
            }
            let node = &mut tree.nodes[id.index as usize];
            node.live = false;
            let (parent, children) = (node.parent, std::mem::take(&mut node.children));
            let adopted = std::mem::take(&mut node.adopted);
            let dropped = (node.waker.take(), node.watch.take());
            tree.free.push(id.index);
            for child in &children {
                tree.nodes[*child as usize].parent = parent;
            }
            if parent != NONE {
                let above = &mut tree.nodes[parent as usize];
                above.children.retain(|child| *child != id.index);
                above.children.extend_from_slice(&children);
                if above.cancelled {
                    wakers.extend(above.waker.clone());
                    for child in children {
                        tree.ask(child, &mut wakers);
                    }
                }
            }
            (adopted, dropped)
        };
        drop(dropped);
        wakers.into_iter().for_each(Waker::wake);
        adopted
    }

    /// Who encloses a scope.
    pub(crate) fn parent(&self, id: NodeId) -> Option<NodeId> {
        let guard = self.0.lock();
        let parent = guard
            .is_live(id)
            .then(|| guard.nodes[id.index as usize].parent)
            .filter(|parent| *parent != NONE)?;
        Some(NodeId { index: parent, generation: guard.nodes[parent as usize].generation })
    }

    /// Hands a clean-up to a scope, and wakes it. Given back when that scope is no more. A dead tree runs nothing:
    /// there the clean-up is dropped.
    pub(crate) fn adopt(&self, id: NodeId, cleanup: Cleanup) -> Result<(), Cleanup> {
        let mut guard = self.0.lock();
        if guard.dead {
            drop(guard);
            drop(cleanup);
            return Ok(());
        }
        if !guard.is_live(id) {
            return Err(cleanup);
        }
        let node = &mut guard.nodes[id.index as usize];
        node.adopted.push(cleanup);
        let waker = node.waker.clone();
        drop(guard);
        if let Some(waker) = waker {
            waker.wake();
        }
        Ok(())
    }

    /// From now on nothing is adopted and nothing runs: the task was cut off, or its runtime is gone.
    pub(crate) fn kill(&self) -> Vec<Cleanup> {
        let mut guard = self.0.lock();
        guard.dead = true;
        guard.nodes.iter_mut().flat_map(|node| std::mem::take(&mut node.adopted)).collect()
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.0.lock().dead
    }
}

impl Node {
    /// Whether it was told to unwind, or woken while it does, and not polled since.
    fn is_due(&self) -> bool {
        self.due || self.watch.as_ref().is_some_and(|watch| watch.is_woken())
    }

    /// It is being polled: the watch of this waker, and the one that it replaces, to be dropped after unlocking.
    fn watch(&mut self, waker: &Waker) -> (Option<Arc<Watch>>, Option<Arc<Watch>>) {
        match &self.watch {
            Some(watch) if watch.is_over(waker) => {
                watch.rest();
                (Some(watch.clone()), None)
            }
            _ => {
                let before = self.watch.replace(Watch::new(waker.clone()));
                (self.watch.clone(), before)
            }
        }
    }
}

impl Nodes {
    fn is_live(&self, id: NodeId) -> bool {
        let node = &self.nodes[id.index as usize];
        node.live && node.generation == id.generation
    }

    /// The children that live in the body of a scope.
    fn awaited(&self, id: NodeId) -> impl Iterator<Item = &Node> {
        let children =
            self.nodes[id.index as usize].children.iter().map(|child| &self.nodes[*child as usize]);
        children.filter(|child| child.shelter != Shelter::Detached)
    }

    /// Cancels a node and goes down.
    fn spread(&mut self, index: u32, wakers: &mut Vec<Waker>) {
        let node = &mut self.nodes[index as usize];
        if node.cancelled {
            return;
        }
        node.cancelled = true;
        node.due = true;
        wakers.extend(node.waker.clone());
        for child in node.children.clone() {
            self.ask(child, wakers);
        }
    }

    /// What the cancellation of a parent means to a child: a shelter is asked, a scope is cancelled.
    fn ask(&mut self, index: u32, wakers: &mut Vec<Waker>) {
        let node = &mut self.nodes[index as usize];
        if node.shelter == Shelter::Open {
            self.spread(index, wakers);
        } else if !node.asked {
            node.asked = true;
            node.due = true;
            wakers.extend(node.waker.clone());
        }
    }
}
