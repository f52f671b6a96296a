//! What all requests share: store, queue, accounts, the last solved path.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use diagnostics::Findings;
use study::inputs::Inputs;
use tokio::sync::Semaphore;

use crate::ServeError;
use crate::error::Refusal;
use crate::guard::{Guard, Proxy};
use crate::jobs::Queue;
use crate::login::Attempts;
use crate::preview::Previews;
use crate::store::{Draft, Store, StoreError};

/// Streams of events that may be open at a time.
const STREAMS: usize = 32;

/// A workspace at work.
#[derive(Debug)]
pub struct Workspace {
    store: Mutex<Store>,
    pub(crate) guard: Guard,
    pub(crate) queue: Queue,
    pub(crate) attempts: Attempts,
    pub(crate) previews: Previews,
    pub(crate) streams: Arc<Semaphore>,
    /// Leave to explain a number.
    pub(crate) explaining: Semaphore,
    inputs: Mutex<Option<Arc<Inputs>>>,
}

impl Workspace {
    /// A workspace over a store. An empty store gets the study that ships with the program.
    ///
    /// # Errors
    /// When another process serves the store, it cannot be written, or the system gives no random
    /// numbers. A store on a server must not be opened or used where futures are awaited.
    pub fn new(
        mut store: Store,
        address: SocketAddr,
        proxy: Option<Proxy>,
    ) -> Result<Arc<Self>, ServeError> {
        store.claim().map_err(ServeError::Store)?;
        add_first_study(&mut store).map_err(ServeError::Store)?;
        let workspace = Arc::new(Self {
            store: Mutex::new(store),
            guard: Guard::new(address, proxy).map_err(ServeError::System)?,
            queue: Queue::default(),
            attempts: Attempts::default(),
            previews: Previews::default(),
            streams: Arc::new(Semaphore::new(STREAMS)),
            explaining: Semaphore::new(1),
            inputs: Mutex::default(),
        });
        crate::jobs::start(&workspace).map_err(ServeError::System)?;
        crate::preview::start(&workspace).map_err(ServeError::System)?;
        Ok(workspace)
    }

    /// The key that changes need, for those who test without a page.
    pub fn key(&self) -> &str {
        &self.guard.key
    }

    /// The store, for one short piece of work.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The accounts that ship with the program, built at first use.
    pub(crate) fn inputs(&self) -> Result<Arc<Inputs>, Findings> {
        let mut known = self.inputs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(inputs) = &*known {
            return Ok(inputs.clone());
        }
        let inputs = Arc::new(Inputs::liaoning()?);
        *known = Some(inputs.clone());
        Ok(inputs)
    }
}

fn add_first_study(store: &mut Store) -> Result<(), StoreError> {
    if store.studies()?.is_empty() {
        let note = "the study that ships with the program";
        let draft = Draft { text: study::LIAONING, note, author: "ironbelt", ..Draft::default() };
        store.add_study("Liaoning 2018", "Programme", &draft)?;
    }
    Ok(())
}

/// Work that may take long, away from the threads that answer requests.
pub(crate) async fn aside<T: Send + 'static>(
    workspace: &Arc<Workspace>,
    work: impl FnOnce(&Workspace) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let workspace = workspace.clone();
    let ended = tokio::task::spawn_blocking(move || work(&workspace)).await;
    ended.unwrap_or_else(|error| Err(Refusal::broken(error.to_string())))
}
