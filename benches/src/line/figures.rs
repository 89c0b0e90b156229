//! What a client measured.

use std::collections::HashMap;

/// Figures by name.
pub struct Figures(HashMap<String, f64>);

impl Figures {
    /// Of a line of `name=value`.
    pub fn parse(line: &str) -> Self {
        let figure = |word: &str| {
            let (name, value) = word.split_once('=').expect("name=value");
            (name.to_owned(), value.parse().expect("a number"))
        };
        Self(line.split(' ').map(figure).collect())
    }

    pub fn get(&self, name: &str) -> f64 {
        self.0.get(name).copied().unwrap_or(f64::NAN)
    }
}
