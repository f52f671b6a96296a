//! Requests a second and how long they take, at rest and while paths are solved:
//! `cargo run --release -p workspace --example load -- [SECONDS] [CLIENTS]`.
//!
//! A workspace in memory is served on this machine; each client asks again as soon as it is answered,
//! over one connection.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use workspace::Settings;
use workspace::store::Place;

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// A connection to the workspace.
struct Client {
    stream: BufReader<TcpStream>,
    host: String,
    key: String,
}

impl Client {
    fn new(address: SocketAddr) -> Result<Self, Failed> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let host = address.to_string();
        let mut client = Self { stream: BufReader::new(stream), host, key: String::new() };
        let session: serde_json::Value =
            serde_json::from_str(&client.ask("GET", "/api/session", "")?)?;
        session["key"].as_str().unwrap_or_default().clone_into(&mut client.key);
        Ok(client)
    }

    fn ask(&mut self, method: &str, path: &str, body: &str) -> Result<String, Failed> {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nX-Ironbelt-Key: {}\r\nContent-Length: {}\r\n\r\n",
            self.host,
            self.key,
            body.len()
        );
        self.stream.get_mut().write_all((head + body).as_bytes())?;
        let (mut length, mut chunked, mut line) = (0, false, String::new());
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            let header = line.trim().to_lowercase();
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
            chunked |= header == "transfer-encoding: chunked";
            if header.is_empty() {
                break;
            }
        }
        let mut content = Vec::new();
        loop {
            if chunked {
                line.clear();
                self.stream.read_line(&mut line)?;
                length = usize::from_str_radix(line.trim(), 16)?;
            }
            let start = content.len();
            content.resize(start + length, 0);
            self.stream.read_exact(&mut content[start..])?;
            if chunked {
                line.clear();
                self.stream.read_line(&mut line)?;
            }
            if !chunked || length == 0 {
                return Ok(String::from_utf8(content)?);
            }
        }
    }
}

/// Asks for a path again and again; times in milliseconds.
fn asked(address: SocketAddr, path: &str, stop: &AtomicBool) -> Result<Vec<f64>, Failed> {
    let mut client = Client::new(address)?;
    let mut times = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let begun = Instant::now();
        client.ask("GET", path, "")?;
        times.push(1e3 * begun.elapsed().as_secs_f64());
    }
    Ok(times)
}

/// Solves previews of a text whose first lever changes each time; how many, and their times.
fn previews(address: SocketAddr, stop: &AtomicBool) -> Result<Vec<f64>, Failed> {
    let mut client = Client::new(address)?;
    let mut times = Vec::new();
    for amount in 0_u32.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let amount = format!("\"{} million CNY\"", 600 + amount % 500);
        let text = study::LIAONING.replacen("\"670 million CNY\"", &amount, 1);
        let body = serde_json::json!({ "text": text }).to_string();
        let begun = Instant::now();
        if client.ask("POST", "/api/preview", &body)?.contains("event: solved") {
            times.push(1e3 * begun.elapsed().as_secs_f64());
        }
    }
    Ok(times)
}

fn quantile(times: &mut [f64], share: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    let at = ((times.len() as f64 - 1.0) * share).round();
    times.get(at as usize).copied().unwrap_or(f64::NAN)
}

fn main() -> Result<(), Failed> {
    let given: Vec<u64> = std::env::args().skip(1).map_while(|each| each.parse().ok()).collect();
    let seconds = Duration::from_secs(given.first().copied().unwrap_or(10));
    let clients = given.get(1).copied().unwrap_or(8);
    let (ready, address) = mpsc::channel();
    std::thread::spawn(move || {
        let settings = Settings {
            address: "127.0.0.1:0".parse().expect("an address"),
            store: Place::Memory,
            proxy: None,
        };
        workspace::serve(&settings, |address| ready.send(address).expect("heard"))
    });
    let address = address.recv()?;
    // The accounts are built and the first path is solved before anything is measured.
    let first = serde_json::json!({ "text": study::LIAONING }).to_string();
    Client::new(address)?.ask("POST", "/api/preview", &first)?;

    println!("{clients} clients, {} s each", seconds.as_secs());
    println!(
        "{:<12}{:<28}{:>12}{:>10}{:>10}{:>10}",
        "", "", "requests/s", "p50 ms", "p99 ms", "max ms"
    );
    for busy in [false, true] {
        for path in ["/api/studies", "/api/scenarios/1", "/main.js"] {
            if busy {
                let body = r#"{"scenario": 1, "kind": "targets", "draws": 5000}"#;
                Client::new(address)?.ask("POST", "/api/runs", body)?;
            }
            let stop = AtomicBool::new(false);
            let (mut times, mut solved) = std::thread::scope(|scope| -> Result<_, Failed> {
                let all: Vec<_> =
                    (0..clients).map(|_| scope.spawn(|| asked(address, path, &stop))).collect();
                let solving = busy.then(|| scope.spawn(|| previews(address, &stop)));
                std::thread::sleep(seconds);
                stop.store(true, Ordering::Relaxed);
                let mut times = Vec::new();
                for each in all {
                    times.extend(each.join().expect("no panic")?);
                }
                let solved = solving.map(|it| it.join().expect("no panic")).transpose()?;
                Ok((times, solved.unwrap_or_default()))
            })?;
            let rate = times.len() as f64 / seconds.as_secs_f64();
            let [half, most, last] = [0.5, 0.99, 1.0].map(|share| quantile(&mut times, share));
            let state = if busy { "solving" } else { "at rest" };
            println!("{state:<12}{path:<28}{rate:>12.0}{half:>10.2}{most:>10.2}{last:>10.2}");
            if busy {
                let (count, half) = (solved.len(), quantile(&mut solved, 0.5));
                println!("            {count} previews solved meanwhile, median {half:.0} ms");
                let list = Client::new(address)?.ask("GET", "/api/runs", "")?;
                let list: serde_json::Value = serde_json::from_str(&list)?;
                let run = &list[0]["id"];
                Client::new(address)?.ask("POST", &format!("/api/runs/{run}/cancel"), "")?;
            }
        }
    }
    Ok(())
}
