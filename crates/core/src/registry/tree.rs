//! All live tasks, each under its parent.

use std::fmt;

use super::node::TaskNode;
use crate::record::{Roster, TaskId};

/// Deeper tasks are drawn at this depth, and their depth is written. Without a limit a chain of a hundred thousand
/// tasks, each spawned by the one before, would take gigabytes to draw.
const DEEPEST: usize = 40;

/// What all live tasks were doing when it was taken; made by [`Registry::tree`](crate::Registry::tree).
///
/// Each task stands under the one that spawned it, and brothers and sisters in the order of their numbers. A task whose
/// parent is over stands at the top, and its line says so. Tasks come and go while it is taken, so it need not be what
/// was at any one moment.
///
/// Printed, it looks like this:
///
/// ```text
/// 4 live tasks
/// #1 "server" parked, 12 s, spawned at src/main.rs:9:5
/// +--- #3 "connection" parked, 10 s, spawned at src/main.rs:21:13
/// |    +--- #5 "connection's writer" running, 10 s, spawned at src/chat.rs:40:9
/// +--- #4 "connection" killing, 2 s, spawned at src/main.rs:21:13
/// ```
///
/// gevent: `gevent.util.GreenletTree`.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use greenroom_core::{Registry, spawn};
///
/// let task = spawn(std::future::pending::<()>());
/// let tree = Registry::tree();
/// assert!(tree.nodes().iter().any(|node| node.id == task.id()));
/// # }
/// ```
#[derive(Clone, Debug)]
#[doc(alias("GreenletTree", "print_run_info"))]
pub struct TaskTree {
    /// In the order in which they are printed.
    nodes: Vec<TaskNode>,
}

impl TaskTree {
    pub(super) fn take() -> Self {
        let mut nodes = Vec::new();
        Roster::walk(|record| nodes.extend(TaskNode::of(record)));
        Self::of(nodes)
    }

    /// All tasks, each after its parent.
    #[must_use]
    pub fn nodes(&self) -> &[TaskNode] {
        &self.nodes
    }

    /// Puts each under its parent.
    fn of(mut nodes: Vec<TaskNode>) -> Self {
        nodes.sort_unstable_by_key(|node| node.id);
        let index_of = |id: TaskId| nodes.binary_search_by_key(&id, |node| node.id).ok();
        // A parent was there before its child, so there is no circle. From the highest number on, so that the lowest
        // comes to stand first in its list.
        let (mut first, mut next) = (vec![None; nodes.len()], vec![None; nodes.len()]);
        let mut root = None;
        for index in (0..nodes.len()).rev() {
            let parent = nodes[index].parent.and_then(index_of);
            let head = parent.map_or(&mut root, |parent| &mut first[parent]);
            next[index] = head.replace(index);
        }
        let mut nodes: Vec<_> = nodes.into_iter().map(Some).collect();
        let mut ordered = Vec::with_capacity(nodes.len());
        // One entry a level: who comes next there.
        let mut levels = vec![root];
        while let Some(level) = levels.last_mut() {
            let Some(index) = *level else {
                levels.pop();
                continue;
            };
            *level = next[index];
            if let Some(mut node) = nodes[index].take() {
                node.depth = levels.len() - 1;
                ordered.push(node);
            }
            levels.push(first[index]);
        }
        Self { nodes: ordered }
    }

    /// Which tasks have a brother or sister further down.
    fn continued(&self) -> Vec<bool> {
        let mut continued = vec![false; self.nodes.len()];
        // By depth: whether one of that depth comes below, under the same parent.
        let mut below: Vec<bool> = Vec::new();
        for (node, continued) in self.nodes.iter().zip(&mut continued).rev() {
            below.resize(node.depth + 1, false);
            *continued = below[node.depth];
            below[node.depth] = true;
        }
        continued
    }
}

impl fmt::Display for TaskTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.nodes.len() == 1 { "" } else { "s" };
        writeln!(f, "{} live task{plural}", self.nodes.len())?;
        // By depth: whether a line goes down beside what is drawn.
        let mut lines: Vec<bool> = Vec::new();
        for (node, continued) in self.nodes.iter().zip(self.continued()) {
            lines.truncate(node.depth);
            for line in lines.iter().take(DEEPEST).skip(1) {
                f.write_str(if *line { "|    " } else { "     " })?;
            }
            if node.depth > 0 {
                f.write_str("+--- ")?;
            }
            if node.depth > DEEPEST {
                write!(f, "({} levels deeper) ", node.depth - DEEPEST)?;
            }
            writeln!(f, "{node}")?;
            lines.push(continued);
        }
        Ok(())
    }
}
