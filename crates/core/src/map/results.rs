//! Where results lie until they are read.

use std::collections::VecDeque;

use crate::task::TaskError;

/// Results of workers, of which `map` wants all at the end and the streams each as it comes.
pub(crate) enum Results<T> {
    /// Each worker gathers for itself, with the index of the item, and leaves it here at its end.
    Gathered(Vec<Vec<(usize, T)>>),
    /// Waits for those before it.
    Ordered { first: usize, line: VecDeque<Option<Result<T, TaskError>>> },
    /// As they come.
    Unordered(VecDeque<Result<T, TaskError>>),
}

impl<T> Results<T> {
    pub(crate) fn gathered() -> Self {
        Self::Gathered(Vec::new())
    }

    pub(crate) fn ordered() -> Self {
        Self::Ordered { first: 0, line: VecDeque::new() }
    }

    pub(crate) fn unordered() -> Self {
        Self::Unordered(VecDeque::new())
    }

    pub(super) fn is_gathered(&self) -> bool {
        matches!(self, Self::Gathered(_))
    }

    pub(super) fn put(&mut self, index: usize, result: Result<T, TaskError>) {
        match self {
            Self::Gathered(bags) => bags.extend(result.ok().map(|value| vec![(index, value)])),
            Self::Ordered { first, line } => {
                let place = index - *first;
                if line.len() <= place {
                    line.resize_with(place + 1, || None);
                }
                line[place] = Some(result);
            }
            Self::Unordered(line) => line.push_back(result),
        }
    }

    /// An error that belongs to no item: after all that have been started.
    pub(super) fn put_last(&mut self, error: TaskError) {
        match self {
            Self::Gathered(_) => {}
            Self::Ordered { line, .. } => line.push_back(Some(Err(error))),
            Self::Unordered(line) => line.push_back(Err(error)),
        }
    }

    /// How many there are to be read, if there is one to be read next.
    pub(super) fn ready(&self) -> usize {
        match self {
            Self::Ordered { line, .. } if matches!(line.front(), Some(Some(_))) => line.len(),
            Self::Unordered(line) => line.len(),
            Self::Gathered(_) | Self::Ordered { .. } => 0,
        }
    }

    pub(super) fn next(&mut self) -> Option<Result<T, TaskError>> {
        match self {
            Self::Gathered(_) => None,
            Self::Ordered { first, line } => {
                line.front()?.as_ref()?;
                *first += 1;
                line.pop_front().flatten()
            }
            Self::Unordered(line) => line.pop_front(),
        }
    }
}

/// Puts what workers have gathered into the order of the items.
pub(super) fn in_order<T>(mut bags: Vec<Vec<(usize, T)>>) -> Vec<T> {
    if bags.len() <= 1 {
        // One worker did all, one item after another.
        return bags.pop().unwrap_or_default().into_iter().map(|(_, value)| value).collect();
    }
    let count = bags.iter().map(Vec::len).sum();
    let mut values: Vec<Option<T>> = Vec::with_capacity(count);
    values.resize_with(count, || None);
    for (index, value) in bags.into_iter().flatten() {
        values[index] = Some(value);
    }
    values.into_iter().flatten().collect()
}
