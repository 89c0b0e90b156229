//! One request, from its head to the end of its answer: what may not pass is answered here.

mod answer;
mod check;
mod gate;
mod passage;

pub(crate) use gate::Gate;
