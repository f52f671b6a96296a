//! An office server: users and studies on a real `PostgreSQL`, by command and beside a workspace that
//! serves them.

#[path = "../../workspace/tests/support/postgres.rs"]
#[allow(dead_code, reason = "the tests of the store use all of it")]
mod postgres_server;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};

use postgres_server::Server;
use workspace::store::Place;

const PASSWORD: &str = "four plain little words\n";

fn command(store: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ironbelt"));
    command.args(arguments).env("IRONBELT_STORE", store);
    command
}

/// What a command says, given a line on its standard input.
fn ended(store: &str, arguments: &[&str], line: &str) -> Output {
    let pipe = || Stdio::piped();
    let mut child = command(store, arguments)
        .stdin(pipe())
        .stdout(pipe())
        .stderr(pipe())
        .spawn()
        .expect("it starts");
    let _ = child.stdin.take().expect("its input").write_all(line.as_bytes());
    child.wait_with_output().expect("it ends")
}

fn said(output: &[u8]) -> String {
    String::from_utf8_lossy(output).into_owned()
}

struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn users_are_managed_beside_a_workspace_that_serves_them() {
    let Some(server) = Server::start("office") else { return };
    let Place::Server(store) = server.database() else { panic!("a server") };
    let add = |name, role| ended(&store, &["user", "add", name, "--role", role], PASSWORD);
    let first = add("li", "viewer");
    assert_eq!(first.status.code(), Some(3), "{}", said(&first.stderr));
    assert!(said(&first.stderr).starts_with("error[E2021]"), "{}", said(&first.stderr));
    assert!(add("wang", "administrator").status.success());
    let short = ended(&store, &["user", "password", "wang"], "short\n");
    assert!(said(&short.stderr).starts_with("error[E2020]"), "{}", said(&short.stderr));
    let wrong = ended(&store, &["user", "role", "wang", "king"], "");
    assert_eq!(wrong.status.code(), Some(2), "{}", said(&wrong.stderr));

    let serve = ["serve", "--no-open", "--port", "0"];
    let child = command(&store, &serve).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut serving = Serving(child);
    let mut lines = BufReader::new(serving.0.stdout.take().expect("its output")).lines();
    let mut next = || lines.next().expect("a line").expect("text");
    let address = next();
    let address = address.strip_prefix("Workspace  http://").expect("an address");
    let place = next();
    assert!(place.contains("postgres://") && !place.contains("postgres@"), "{place}");
    let mut stream = TcpStream::connect(address).expect("it listens");
    let request =
        format!("GET /api/studies HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("asked");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 401") && answer.contains("E2017"), "{answer}");

    assert!(add("li", "viewer").status.success(), "a command beside the workspace");
    let list = ended(&store, &["user", "list"], "");
    assert_eq!(said(&list.stdout), "wang  administrator\nli  viewer\n");
    let studies = ended(&store, &["workspace", "list"], "");
    assert!(said(&studies.stdout).starts_with("Liaoning 2018\n"), "{}", said(&studies.stdout));
    let second = ended(&store, &serve, "");
    assert!(said(&second.stderr).starts_with("error[E2002]"), "{}", said(&second.stderr));
    let audit = ended(&store, &["workspace", "audit"], "");
    assert!(
        said(&audit.stdout).contains("command line  add viewer  li"),
        "{}",
        said(&audit.stdout)
    );
}

#[test]
fn behind_a_proxy_somebody_has_to_be_there_to_log_in() {
    let folder = std::env::temp_dir().join(format!("ironbelt-nobody-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let (store, secret) = (folder.join("store.sqlite"), folder.join("secret.txt"));
    std::fs::write(&secret, "a secret that is long enough to be one").expect("written");
    let secret = secret.display().to_string();
    let proxy = ["--behind-proxy", "https://plans.example.org", "--proxy-secret", &secret];
    let serve =
        [&["serve", "--no-open", "--address", "0.0.0.0", "--port", "0"][..], &proxy].concat();
    let refused = ended(&store.display().to_string(), &serve, "");
    assert!(said(&refused.stderr).starts_with("error[E2024]"), "{}", said(&refused.stderr));
    std::fs::remove_dir_all(&folder).expect("removed");
}
