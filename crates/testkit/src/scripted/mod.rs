mod answer;
mod listener;
mod stagehand;

pub use answer::ScriptedAnswer;
pub use listener::ScriptedListener;
pub use stagehand::Stagehand;
