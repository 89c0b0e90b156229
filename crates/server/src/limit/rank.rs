//! Who may use the reserve.

/// What kind of server an entrance belongs to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Rank {
    /// Leaves the reserve alone.
    #[default]
    Ordinary,
    /// For administration and health: may use the reserve, goes first, and needs no slot of a pool.
    Privileged,
}
