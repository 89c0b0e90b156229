//! Connections that become something else.

mod upgrade;

pub(crate) use upgrade::Upgrade;
