//! What is answered to a request that the service never answers.

mod refusal;

pub(crate) use refusal::Refusal;
