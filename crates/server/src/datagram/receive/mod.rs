//! Receiving, in batches, whatever the system answers.

mod backstage;
mod receiver;

pub(crate) use backstage::Backstage;
pub(crate) use receiver::Receiver;
