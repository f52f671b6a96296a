//! Writes the page of the synthetic study to the path given, and prints the summary.

#[path = "../tests/fixture/mod.rs"]
mod fixture;

fn main() -> std::io::Result<()> {
    let results = fixture::results();
    if let Some(path) = std::env::args().nth(1) {
        std::fs::write(path, report::html::page(&results))?;
    }
    print!("{}", report::text::summary(&results));
    Ok(())
}
