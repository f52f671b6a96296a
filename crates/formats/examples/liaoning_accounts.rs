//! Prints the identities, the comparison with published totals and all adjustments.

use std::time::Instant;

fn main() {
    let start = Instant::now();
    let (accounts, report) = match formats::liaoning::accounts() {
        Ok(built) => built,
        Err(findings) => {
            eprintln!("{findings}");
            std::process::exit(3);
        }
    };
    println!("built in {:?}\n\nIdentities", start.elapsed());
    for identity in accounts::identity::identities(&accounts) {
        println!("  {identity}");
    }
    println!("\nPublished against built");
    for row in &report.totals {
        let off = 100.0 * (row.built / row.published - 1.0);
        println!(
            "  {:<62} {:>14.4} {:>14.4} {:>8.3} %  {} ({})",
            row.item, row.published, row.built, off, row.unit, row.note
        );
    }
    println!("\nAdjustments");
    for row in &report.adjustments {
        println!("  {:<80} {:>12.5} {} ({})", row.item, row.value, row.unit, row.note);
    }
    println!("\nBalancings");
    for row in &report.balances {
        println!(
            "  {:<80} {:>6} rounds, {:.1e}",
            row.item, row.convergence.iterations, row.convergence.largest_deviation
        );
    }
    if let Ok(figures) = formats::liaoning::figures() {
        println!(
            "\n{:?}\n{:?} {}",
            figures.capital, figures.foreign_direct_investment, figures.research_spending
        );
        println!("rate of the accounts {}", figures.capital.by_firm(&accounts).1);
    }
}
