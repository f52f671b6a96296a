//! `ironbelt serve`, `ironbelt workspace` and `ironbelt user`: the web application, its studies as
//! folders, and the people who may use it.

use std::io::{IsTerminal, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use clap::{Args, Subcommand};
use workspace::store::folder::{Files, MANIFEST};
use workspace::store::{Place, Role, Store, StoreError, hash};
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
    #[command(flatten)]
    store: At,
    /// Address to listen on; one that others can reach needs `--behind-proxy`.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    address: IpAddr,
    /// Origin of a proxy that encrypts, e.g. `https://plans.example.org`; people log in.
    #[arg(long, requires = "proxy_secret")]
    behind_proxy: Option<String>,
    /// File with the secret that the proxy sends as `X-Ironbelt-Proxy`.
    #[arg(long, requires = "behind_proxy")]
    proxy_secret: Option<PathBuf>,
    /// The proxy has asked who people are and names a user in `X-Ironbelt-User`; nobody logs in.
    #[arg(long, requires = "behind_proxy")]
    proxy_names_people: bool,
}

/// Where the store is.
#[derive(Args)]
pub(crate) struct At {
    /// File, or `postgres://USER:PASSWORD@HOST/DATABASE`, that keeps studies, versions and runs.
    #[arg(long, default_value = STORE, env = "IRONBELT_STORE", hide_env_values = true)]
    store: Place,
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
        #[command(flatten)]
        at: At,
    },
    /// Write a study with all versions as a folder of text files.
    Export {
        /// Name of the study.
        study: String,
        /// Folder, which must be new or empty.
        #[arg(long)]
        out: PathBuf,
        #[command(flatten)]
        at: At,
    },
    /// Make a study from a folder that `export` wrote.
    Import {
        /// The folder.
        folder: PathBuf,
        #[command(flatten)]
        at: At,
    },
    /// What was done, by whom, when; the latest first.
    Audit {
        /// Number of lines.
        #[arg(long, default_value_t = 50)]
        lines: usize,
        #[command(flatten)]
        at: At,
    },
}

/// Commands on the people who may use a workspace.
#[derive(Subcommand)]
pub(crate) enum UserCommand {
    /// Add a user. The password is asked for, or read from the standard input.
    Add {
        /// Name.
        name: String,
        /// What they may do: viewer looks, analyst edits and runs, administrator manages users.
        #[arg(long, value_parser = role)]
        role: Role,
        #[command(flatten)]
        at: At,
    },
    /// List users with their roles.
    List {
        #[command(flatten)]
        at: At,
    },
    /// Give a user another role.
    Role {
        /// Name.
        name: String,
        /// viewer, analyst or administrator.
        #[arg(value_parser = role)]
        role: Role,
        #[command(flatten)]
        at: At,
    },
    /// Give a user another password, which is asked for or read from the standard input.
    Password {
        /// Name.
        name: String,
        #[command(flatten)]
        at: At,
    },
    /// Remove a user.
    Remove {
        /// Name.
        name: String,
        #[command(flatten)]
        at: At,
    },
}

/// Who did what is done on the command line.
const HERE: &str = "command line";

fn role(word: &str) -> Result<Role, String> {
    Role::from_word(word).ok_or_else(|| {
        let known = Role::ALL.map(Role::word).join(", ");
        format!("there are the roles {known}")
    })
}

/// Serves the workspace until the process ends.
pub(crate) fn serve(options: &Options) -> Result<(), Stop> {
    let settings = Settings {
        address: SocketAddr::new(options.address, options.port),
        store: options.store.store.clone(),
        proxy: proxy(options)?,
    };
    let origin = options.behind_proxy.clone();
    let ready = |address: SocketAddr| {
        let url = origin.unwrap_or_else(|| format!("http://{address}"));
        println!("Workspace  {url}");
        println!("Store      {}", options.store.store);
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
    Ok(Some(Proxy { origin: origin.clone(), secret, names_people: options.proxy_names_people }))
}

fn stop(error: &ServeError) -> Stop {
    let (code, exit, help) = match error {
        ServeError::Open(_) => (
            "E2001",
            USAGE,
            "leave out --address, or put a proxy in front of it that encrypts and asks who people are, and name it with --behind-proxy and --proxy-secret",
        ),
        ServeError::NoAdministrator => (
            "E2024",
            USAGE,
            "add one to the same store: ironbelt user add NAME --role administrator --store ...",
        ),
        ServeError::Store(error) => return stop_store(error),
        ServeError::System(_) => ("E2002", 1, "choose another --port; 0 takes a free one"),
    };
    Stop::new(exit, format!("error[{code}]: {error}\n  = help: {help}"))
}

fn stop_store(error: &StoreError) -> Stop {
    let (code, help) = match error {
        StoreError::InUse => (
            "E2002",
            "stop the other `ironbelt serve`, or name another store with --store; users of a file that is served are managed on the page",
        ),
        StoreError::Newer { .. } => {
            ("E2002", "use the newer program, or name another store with --store")
        }
        StoreError::Address(_) => (
            "E2023",
            "write postgres://USER:PASSWORD@HOST/DATABASE; for a server on another machine use an encrypted tunnel, or add ?sslmode=disable where the network between is your own",
        ),
        StoreError::Folder(_) => ("E2008", "give a folder written by `ironbelt workspace export`"),
        StoreError::Name(_) => {
            ("E2007", "choose another name; that of a study is in workspace.json")
        }
        StoreError::Missing(_) => {
            ("E2004", "`ironbelt user list` and `ironbelt workspace list` tell what is there")
        }
        StoreError::Password(_) => ("E2020", "choose a longer one"),
        StoreError::LastAdministrator => (
            "E2021",
            "the first user has to be an administrator, and the last administrator stays while there are other users",
        ),
        _ => (
            "E2002",
            "name with --store a file that is a store of the workspace, or a database that can be reached",
        ),
    };
    Stop::new(INPUT, format!("error[{code}]: {error}\n  = help: {help}"))
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
        Command::List { at } => list(&at.store),
        Command::Export { study, out, at } => export(study, out, &at.store),
        Command::Import { folder, at } => {
            let files = read_folder(folder)?;
            let mut store = Store::open(&at.store).map_err(|error| stop_store(&error))?;
            let id = store.import(&files, HERE).map_err(|error| stop_store(&error))?;
            let studies = store.studies().map_err(|error| stop_store(&error))?;
            let name = studies.iter().find(|study| study.id == id).map_or("", |each| &each.name);
            println!("{name}: imported from {}", folder.display());
            Ok(())
        }
        Command::Audit { lines, at } => audit(&mut known(&at.store)?, *lines),
    }
}

/// Adds, changes, lists and removes users.
pub(crate) fn run_user(command: &UserCommand) -> Result<(), Stop> {
    let stopped = |error: StoreError| stop_store(&error);
    match command {
        UserCommand::Add { name, role, at } => {
            let hash = hash(name, &typed()?).map_err(stopped)?;
            let mut store = Store::open(&at.store).map_err(stopped)?;
            store.add_person(name, *role, &hash, HERE).map_err(stopped)?;
            println!("{name}: {}", role.word());
        }
        UserCommand::List { at } => {
            for person in known(&at.store)?.people().map_err(stopped)? {
                println!("{}  {}", person.name, person.role.word());
            }
        }
        UserCommand::Role { name, role, at } => {
            known(&at.store)?.set_role(name, *role, HERE).map_err(stopped)?;
            println!("{name}: {}", role.word());
        }
        UserCommand::Password { name, at } => {
            let hash = hash(name, &typed()?).map_err(stopped)?;
            known(&at.store)?.set_password(name, &hash, HERE).map_err(stopped)?;
            println!("{name}: new password, and all sessions ended");
        }
        UserCommand::Remove { name, at } => {
            known(&at.store)?.remove_person(name, HERE).map_err(stopped)?;
            println!("{name}: removed");
        }
    }
    Ok(())
}

/// A password: typed twice and not shown, or a line of the standard input.
fn typed() -> Result<String, Stop> {
    let failed = |error: std::io::Error| {
        Stop::new(
            USAGE,
            format!(
                "error[E2020]: no password can be read: {error}\n  = help: type it, or give it as a line of the standard input"
            ),
        )
    };
    if !std::io::stdin().is_terminal() {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).map_err(failed)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let ask = |words: &str| {
        print!("{words}: ");
        std::io::stdout().flush().map_err(failed)?;
        rpassword::read_password().map_err(failed)
    };
    let password = ask("Password")?;
    if ask("Once more")? == password {
        return Ok(password);
    }
    let message = "error[E2020]: the two passwords differ\n  = help: type the same one twice";
    Err(Stop::new(USAGE, message.to_owned()))
}

fn audit(store: &mut Store, lines: usize) -> Result<(), Stop> {
    let (mut left, mut before) = (lines, None);
    while left > 0 {
        let entries = store.audit(before).map_err(|error| stop_store(&error))?;
        for entry in entries.iter().take(left) {
            println!("{}  {}  {}  {}", entry.at, entry.person, entry.what, entry.subject);
        }
        left = left.saturating_sub(entries.len());
        before = entries.last().map(|entry| entry.id);
        if before.is_none() {
            break;
        }
    }
    Ok(())
}

/// A store that is there already.
fn known(place: &Place) -> Result<Store, Stop> {
    if let Place::File(path) = place
        && !path.exists()
    {
        let message = format!(
            "error[E2002]: there is no store `{}`\n  = help: name it with --store; `ironbelt serve` makes one",
            path.display()
        );
        return Err(Stop::new(INPUT, message));
    }
    Store::open(place).map_err(|error| stop_store(&error))
}

fn list(store: &Place) -> Result<(), Stop> {
    for study in known(store)?.studies().map_err(|error| stop_store(&error))? {
        println!("{}", study.name);
        for scenario in study.scenarios {
            println!("  {}, version {}", scenario.name, scenario.head);
        }
    }
    Ok(())
}

fn export(name: &str, out: &Path, store: &Place) -> Result<(), Stop> {
    let mut store = known(store)?;
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
