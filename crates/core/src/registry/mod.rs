//! The live tasks of the process, to be looked at.

mod node;
mod registry;
mod state;
mod tree;

pub use node::TaskNode;
pub use registry::{Registry, format_tree};
pub use state::TaskState;
pub use tree::TaskTree;
