//! A `PostgreSQL` server for one test, in a temporary folder, without a network address.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use workspace::store::Place;

/// A server that ends with the test.
pub struct Server {
    process: Child,
    folder: PathBuf,
    made: AtomicUsize,
}

/// The program of a `PostgreSQL` installation.
fn program(name: &str) -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> =
        std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    // Debian keeps them off the path, by version.
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    folders.extend(versions.map(|version| version.path().join("bin")));
    folders.into_iter().map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// The user this process runs as.
fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.starts_with(b"0\n"))
}

/// A command as a user whom the server accepts: it refuses root.
fn command(program: &Path, root: bool) -> Command {
    if !root {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
    command
}

impl Server {
    /// Starts a server; says aloud when there is none, or no user it accepts.
    pub fn start(name: &str) -> Option<Self> {
        let (Some(initdb), Some(postgres)) = (program("initdb"), program("postgres")) else {
            skipped("there is no PostgreSQL on this machine");
            return None;
        };
        let root = is_root();
        let folder = std::env::temp_dir().join(format!("ironbelt-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let owned = |path: &Path| {
            Command::new("chown").arg("postgres").arg(path).status().is_ok_and(|it| it.success())
        };
        if root && !owned(&folder) {
            skipped("there is no user `postgres` to run a server as");
            return None;
        }
        let data = folder.join("data");
        let made = command(&initdb, root)
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C"])
            .args(["--no-sync", "--pgdata"])
            .arg(&data)
            .stdout(Stdio::null())
            .status();
        assert!(made.is_ok_and(|made| made.success()), "initdb fails");
        let process = command(&postgres, root)
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(&folder)
            .args(["-c", "listen_addresses="])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let server = Self { process, folder, made: AtomicUsize::new(0) };
        let begun = Instant::now();
        while server.client().is_err() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the server does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(server)
    }

    fn address(&self, database: &str) -> String {
        let host = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{host}/{database}")
    }

    fn client(&self) -> Result<postgres::Client, postgres::Error> {
        postgres::Client::connect(&self.address("postgres"), postgres::NoTls)
    }

    /// A new and empty database.
    pub fn database(&self) -> Place {
        let name = format!("test_{}", self.made.fetch_add(1, Ordering::Relaxed));
        let mut client = self.client().expect("connected");
        client.batch_execute(&format!("CREATE DATABASE {name}")).expect("a database");
        Place::Server(self.address(&name))
    }

    /// Ends all connections of others, as a server that is started anew does.
    pub fn cut(&self) {
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE pid <> pg_backend_pid() AND application_name = 'ironbelt'";
        self.client().and_then(|mut client| client.batch_execute(sql)).expect("cut");
        std::thread::sleep(Duration::from_millis(200)); // for the other side to see it
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGQUIT ends a server at once, with all processes it started.
        let _ = Command::new("kill").args(["-QUIT", &self.process.id().to_string()]).status();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Says that a test was not made, past the capture of the test harness.
pub fn skipped(why: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}
