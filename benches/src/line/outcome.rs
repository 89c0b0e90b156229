//! One figure of two contenders, and what it is held to.

use crate::measure::median;

/// What a figure is held to.
#[derive(Clone, Copy)]
pub enum Budget {
    /// Our figure is at most so many times theirs.
    AtMost(f64),
    /// Our figure is at least so many times theirs.
    AtLeast(f64),
    /// Our figure is at most this, whatever theirs is.
    OursAtMost(f64),
    /// It is only told.
    Told,
}

pub struct Outcome {
    pub work: String,
    pub flavour: &'static str,
    pub rival: &'static str,
    pub figure: &'static str,
    pub ours: f64,
    pub theirs: f64,
    /// Ours over theirs, round by round: the least, the median, the most.
    pub ratios: [f64; 3],
    pub budget: Budget,
}

impl Outcome {
    pub fn of_rounds(
        (work, flavour, rival): (&str, &'static str, &'static str),
        figure: &'static str,
        rounds: &[(f64, f64)],
        budget: Budget,
    ) -> Self {
        let ratios: Vec<f64> = rounds.iter().map(|(ours, theirs)| ours / theirs).collect();
        let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
        let most = ratios.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        Self {
            work: work.to_owned(),
            flavour,
            rival,
            figure,
            ours: median(rounds.iter().map(|(ours, _)| *ours).collect()),
            theirs: median(rounds.iter().map(|(_, theirs)| *theirs).collect()),
            ratios: [least, median(ratios), most],
            budget,
        }
    }

    /// Whether the best of the rounds keeps it.
    pub fn is_kept_once(&self) -> bool {
        let [least, _, most] = self.ratios;
        match self.budget {
            Budget::AtMost(limit) => least <= limit,
            Budget::AtLeast(limit) => most >= limit,
            Budget::OursAtMost(_) | Budget::Told => false,
        }
    }

    /// By the median; `None` where there is no budget.
    pub fn is_kept(&self) -> Option<bool> {
        match self.budget {
            Budget::AtMost(most) => Some(self.ratios[1] <= most),
            Budget::AtLeast(least) => Some(self.ratios[1] >= least),
            Budget::OursAtMost(most) => Some(self.ours <= most),
            Budget::Told => None,
        }
    }
}
