//! `ironbelt serve` and `ironbelt workspace`: the web application, and its studies as folders.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use clap::{Args, Subcommand};
use workspace::store::folder::{Files, MANIFEST};
use workspace::store::{Store, StoreError};
use workspace::{Proxy, ServeError, Settings};

use crate::{INPUT, Stop, USAGE, files};

/// Most files that a folder of a study may have, and their bytes.
const LARGEST_FOLDER: (usize, u64) = (20_000, 256 << 20);

/// Options of `ironbelt serve`.
#[derive(Args)]
pub(crate) struct Options {
    /// Port on this machine; 0 takes a free one.
    #[arg(long, default_value_t = 4178)]
    port: u16,
    /// Do not open a browser.
    #[arg(long)]
    no_open: bool,
    /// File that keeps studies, versions and runs.
    #[arg(long, default_value = STORE)]
    store: PathBuf,
    /// Address to listen on; one that others can reach needs `--behind-proxy`.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    address: IpAddr,
    /// Origin of a proxy that encrypts and asks who people are, e.g. `https://plans.example.org`.
    #[arg(long, requires = "proxy_secret")]
    behind_proxy: Option<String>,
    /// File with the secret that the proxy sends as `X-Ironbelt-Proxy`.
    #[arg(long, requires = "behind_proxy")]
    proxy_secret: Option<PathBuf>,
}

/// Name of the store when none is given.
const STORE: &str = "ironbelt.sqlite";
/// Shortest secret of a proxy, in characters.
const SHORTEST_SECRET: usize = 24;

/// Commands on the studies of a workspace.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// List studies and scenarios.
    List {
        /// File of the store.
        #[arg(long, default_value = STORE)]
        store: PathBuf,
    },
    /// Write a study with all versions as a folder of text files.
    Export {
        /// Name of the study.
        study: String,
        /// Folder, which must be new or empty.
        #[arg(long)]
        out: PathBuf,
        /// File of the store.
        #[arg(long, default_value = STORE)]
        store: PathBuf,
    },
    /// Make a study from a folder that `export` wrote.
    Import {
        /// The folder.
        folder: PathBuf,
        /// File of the store.
        #[arg(long, default_value = STORE)]
        store: PathBuf,
    },
}

/// Serves the workspace until the process ends.
pub(crate) fn serve(options: &Options) -> Result<(), Stop> {
    let settings = Settings {
        address: SocketAddr::new(options.address, options.port),
        store: options.store.clone(),
        proxy: proxy(options)?,
    };
    let origin = options.behind_proxy.clone();
    let ready = |address: SocketAddr| {
        let url = origin.unwrap_or_else(|| format!("http://{address}"));
        println!("Workspace  {url}");
        println!("Store      {}", options.store.display());
        println!("Stop with Ctrl+C; what was saved is kept.");
        if !options.no_open {
            open(&url);
        }
    };
    workspace::serve(&settings, ready).map_err(|error| stop(&error))
}

fn proxy(options: &Options) -> Result<Option<Proxy>, Stop> {
    let (Some(origin), Some(file)) = (&options.behind_proxy, &options.proxy_secret) else {
        return Ok(None);
    };
    let host = origin.strip_prefix("https://").filter(|host| !host.is_empty());
    if host.is_none_or(|host| host.contains(['/', ' '])) {
        let message = format!(
            "error[E2016]: `{origin}` is no origin of a proxy that encrypts\n  = help: give it as https://NAME or https://NAME:PORT"
        );
        return Err(Stop::new(USAGE, message));
    }
    let secret = files::read(file)?.trim().to_owned();
    if secret.chars().count() < SHORTEST_SECRET {
        let message = format!(
            "error[E2016]: the secret of the proxy has fewer than {SHORTEST_SECRET} characters\n  = help: write a longer random text into the file"
        );
        return Err(Stop::new(USAGE, message));
    }
    Ok(Some(Proxy { origin: origin.clone(), secret }))
}

fn stop(error: &ServeError) -> Stop {
    let (code, exit, help) = match error {
        ServeError::Open(_) => (
            "E2001",
            USAGE,
            "leave out --address, or put a proxy in front of it that encrypts and asks who people are, and name it with --behind-proxy and --proxy-secret",
        ),
        ServeError::Store(error) => return stop_store(error),
        ServeError::System(_) => ("E2002", 1, "choose another --port; 0 takes a free one"),
    };
    Stop::new(exit, format!("error[{code}]: {error}\n  = help: {help}"))
}

fn stop_store(error: &StoreError) -> Stop {
    let help = match error {
        StoreError::InUse => "stop the other `ironbelt serve`, or name another file with --store",
        StoreError::Newer { .. } => "use the newer program, or name another file with --store",
        StoreError::Folder(_) => "give a folder written by `ironbelt workspace export`",
        StoreError::Name(_) => "rename the study in workspace.json",
        _ => "name a file that is a store of the workspace with --store",
    };
    Stop::new(INPUT, format!("error[E2002]: {error}\n  = help: {help}"))
}

/// Opens the page in the system's browser; where that fails the printed address serves.
fn open(url: &str) {
    let (program, first): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("cmd", &["/c", "start"])
    } else {
        ("xdg-open", &[])
    };
    let mut command = std::process::Command::new(program);
    command.args(first).arg(url).stdout(Stdio::null()).stderr(Stdio::null());
    let _ = command.spawn();
}

/// Lists, exports and imports studies.
pub(crate) fn run(command: &Command) -> Result<(), Stop> {
    match command {
        Command::List { store } => list(store),
        Command::Export { study, out, store } => export(study, out, store),
        Command::Import { folder, store } => {
            let files = read_folder(folder)?;
            let mut store = Store::open(store).map_err(|error| stop_store(&error))?;
            let id = store.import(&files, "local").map_err(|error| stop_store(&error))?;
            let studies = store.studies().map_err(|error| stop_store(&error))?;
            let name = studies.iter().find(|study| study.id == id).map_or("", |each| &each.name);
            println!("{name}: imported from {}", folder.display());
            Ok(())
        }
    }
}

/// A store that is there already.
fn known(path: &Path) -> Result<Store, Stop> {
    if !path.exists() {
        let message = format!(
            "error[E2002]: there is no store `{}`\n  = help: name it with --store; `ironbelt serve` makes one",
            path.display()
        );
        return Err(Stop::new(INPUT, message));
    }
    Store::open(path).map_err(|error| stop_store(&error))
}

fn list(store: &Path) -> Result<(), Stop> {
    for study in known(store)?.studies().map_err(|error| stop_store(&error))? {
        println!("{}", study.name);
        for scenario in study.scenarios {
            println!("  {}, version {}", scenario.name, scenario.head);
        }
    }
    Ok(())
}

fn export(name: &str, out: &Path, store: &Path) -> Result<(), Stop> {
    let store = known(store)?;
    let studies = store.studies().map_err(|error| stop_store(&error))?;
    let Some(study) = studies.iter().find(|study| study.name == name) else {
        let known: Vec<&str> = studies.iter().map(|study| study.name.as_str()).collect();
        let known = known.join("`, `");
        let message =
            format!("error[E2004]: there is no study `{name}`\n  = help: there are `{known}`");
        return Err(Stop::new(INPUT, message));
    };
    if out.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        let message = format!(
            "error[E2008]: the folder `{}` is not empty\n  = help: name a new folder with --out",
            out.display()
        );
        return Err(Stop::new(INPUT, message));
    }
    let files = store.export(study.id).map_err(|error| stop_store(&error))?;
    for (path, text) in &files {
        let path = out.join(path);
        let (folder, name) = (path.parent().unwrap_or(out), path.file_name().unwrap_or_default());
        let name = name.to_string_lossy().into_owned();
        files::write(folder, &[(name, text.clone())].into())?;
    }
    println!("{name}: {} files written to {}", files.len(), out.display());
    Ok(())
}

/// All files of a folder as text; links are not followed.
fn read_folder(root: &Path) -> Result<Files, Stop> {
    let refuse = |why: String| {
        let message = format!(
            "error[E2008]: cannot read the folder `{}`: {why}\n  = help: give a folder with a {MANIFEST}",
            root.display()
        );
        Stop::new(INPUT, message)
    };
    let mut files = Files::new();
    let (mut open, mut bytes) = (vec![root.to_owned()], 0);
    while let Some(folder) = open.pop() {
        for entry in folder.read_dir().map_err(|error| refuse(error.to_string()))? {
            let entry = entry.map_err(|error| refuse(error.to_string()))?;
            let kind = entry.metadata().map_err(|error| refuse(error.to_string()))?;
            bytes += kind.len();
            if files.len() + open.len() > LARGEST_FOLDER.0 || bytes > LARGEST_FOLDER.1 {
                return Err(refuse("it is larger than any exported study".to_owned()));
            }
            if kind.is_dir() {
                open.push(entry.path());
            } else if kind.is_file() {
                let path = entry.path();
                let relative = path.strip_prefix(root).unwrap_or(&path);
                let name: Vec<_> =
                    relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
                files.insert(name.join("/"), files::read(&path)?);
            }
        }
    }
    Ok(files)
}
