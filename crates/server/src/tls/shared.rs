//! What the handles of one configuration share.

use std::fmt;
use std::mem;
use std::sync::Arc;

use crate::sync::Mutex;
use crate::tls::error::{TlsError, TlsErrorKind};
use crate::tls::loaded::Loaded;
use crate::tls::recipe::Recipe;
use crate::tls::stamp::Stamps;

pub(super) struct Shared {
    /// `None` for a ready-made configuration.
    recipe: Option<Arc<Recipe>>,
    state: Mutex<State>,
}

struct State {
    current: Arc<Loaded>,
    /// Reloads are numbered as they begin: of two at once, the one that read later stays.
    begun: u64,
    installed: u64,
}

impl Shared {
    pub(super) fn new(recipe: Option<Recipe>, loaded: Loaded) -> Self {
        let state = Mutex::new(State { current: Arc::new(loaded), begun: 0, installed: 0 });
        Self { recipe: recipe.map(Arc::new), state }
    }

    pub(super) fn current(&self) -> Arc<Loaded> {
        Arc::clone(&self.state.lock().current)
    }

    pub(super) async fn reload(&self) -> Result<(), TlsError> {
        let Some(recipe) = self.recipe.clone() else { return Ok(()) };
        let (number, before) = self.begin();
        let loaded = on_a_thread(move || Loaded::load(&recipe, Some(&before))).await??;
        self.install(number, loaded);
        Ok(())
    }

    /// Whether the files are others than those that were read.
    pub(super) async fn has_changed(&self) -> Result<bool, TlsError> {
        let Some(recipe) = self.recipe.clone() else { return Ok(false) };
        let current = self.current();
        on_a_thread(move || Stamps::take(recipe.sources()) != current.stamps).await
    }

    fn begin(&self) -> (u64, Arc<Loaded>) {
        let mut state = self.state.lock();
        state.begun += 1;
        (state.begun, Arc::clone(&state.current))
    }

    fn install(&self, number: u64, loaded: Loaded) {
        let mut loaded = Arc::new(loaded);
        let mut state = self.state.lock();
        if number > state.installed {
            state.installed = number;
            mem::swap(&mut state.current, &mut loaded);
        }
        drop(state);
        // What is dropped now, outside of the lock, is the old one.
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("recipe", &self.recipe).finish_non_exhaustive()
    }
}

/// The runtime that is shutting down, or a panic of a parser, become errors: the old configuration stays.
async fn on_a_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, TlsError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        TlsError::new(TlsErrorKind::Internal, "the files could not be looked at").because(error)
    })
}
