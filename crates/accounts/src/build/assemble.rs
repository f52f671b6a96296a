//! The pieces put into the tables of regional accounts.

use super::BuildReport;
use super::input::{DEPRECIATION, Input, OWNERS, PRODUCTION_TAX, SKILLS, SURPLUS};
use super::labour::{Labour, labour};
use super::owners::{Firm, Firms, compensation, depreciation};
use super::trade::Flows;
use super::uses::RegionUses;
use crate::matrix::Matrix;
use crate::regional::{RegionalAccounts, Sets, User};
use crate::table::Table;

pub(super) fn accounts(
    input: &Input,
    firms: &Firms,
    uses: &[RegionUses],
    rates: &Matrix,
    flows: &Flows,
    report: &mut BuildReport,
) -> RegionalAccounts {
    let labels: Vec<String> =
        input.industries.iter().map(|industry| industry.label.clone()).collect();
    let margins = input.margins.map(|product| labels[product].clone());
    let names =
        |list: &[&str]| -> Vec<String> { list.iter().map(|name| (*name).to_owned()).collect() };
    let sets =
        Sets::new(&input.regions, &labels, &labels, &names(&OWNERS), &names(&SKILLS), &margins);
    let mut accounts = RegionalAccounts::zeros(sets, input.base_year, input.money.clone());
    put_uses(&mut accounts, uses, rates);
    put_flows(&mut accounts, input, flows);
    put_firms(&mut accounts, firms);
    put_labour(&mut accounts, input, firms, &labour(input, firms, report));
    put_investment(&mut accounts, input, firms);
    accounts
}

fn fill(table: &mut Table, mut cell: impl FnMut(&[usize]) -> f64) {
    for flat in 0..table.values().len() {
        let position = table.position_of(flat);
        table.values_mut()[flat] = cell(&position);
    }
}

fn put_uses(accounts: &mut RegionalAccounts, uses: &[RegionUses], rates: &Matrix) {
    let delivered: Vec<f64> = rates.row_sums().iter().map(|margins| 1.0 + margins).collect();
    fill(&mut accounts.use_, |at| {
        let region = &uses[at[3]];
        let basic = if at[1] == 0 { &region.domestic } else { &region.imported };
        basic.at(at[0], at[2]) * delivered[at[0]]
    });
    fill(&mut accounts.tax, |at| if at[1] == 1 { uses[at[3]].duty.at(at[0], at[2]) } else { 0.0 });
}

fn put_flows(accounts: &mut RegionalAccounts, input: &Input, flows: &Flows) {
    fill(&mut accounts.trade, |at| flows.trade[at[1]][at[0]].at(at[2], at[3]));
    fill(&mut accounts.margin, |at| flows.margin[at[1]][at[0]][at[2]].at(at[3], at[4]));
    fill(&mut accounts.margin_supply, |at| flows.supplied(input, at[0], at[1], at[2], at[3]));
}

fn put_firms(accounts: &mut RegionalAccounts, firms: &Firms) {
    type Property = fn(&Firm) -> f64;
    let by_firm: [(&mut Table, Property); 5] = [
        (&mut accounts.output, |firm| firm.output),
        (&mut accounts.intermediate, |firm| firm.intermediate),
        (&mut accounts.depreciation, |firm| firm.components[DEPRECIATION]),
        (&mut accounts.surplus, |firm| firm.components[SURPLUS]),
        (&mut accounts.production_tax, |firm| firm.components[PRODUCTION_TAX]),
    ];
    for (table, what) in by_firm {
        fill(table, |at| what(firms.at(at[0], at[1], at[2])));
    }
    fill(&mut accounts.make, |at| {
        if at[0] == at[1] { firms.total(at[1], at[2], |firm| firm.output) } else { 0.0 }
    });
}

fn put_labour(accounts: &mut RegionalAccounts, input: &Input, firms: &Firms, labour: &Labour) {
    let total = |at: &[usize]| compensation(firms.at(at[1], at[2], at[3]));
    fill(&mut accounts.labour, |at| labour.wages(at[0], at[1], total(at)));
    let h = input.home_regions();
    fill(&mut accounts.persons, |at| labour.persons(at[0], at[1], at[3] == h, total(at)));
}

/// Investment by investor: what the region buys for investment, by depreciation.
fn put_investment(accounts: &mut RegionalAccounts, input: &Input, firms: &Firms) {
    let user = accounts.sets.user_position(User::Investment);
    let bought = accounts.use_.sum_to(&["user", "destination"]);
    let taxed = accounts.tax.sum_to(&["user", "destination"]);
    let per_depreciation: Vec<f64> = (0..input.regions.len())
        .map(|r| {
            (bought.at(&[user, r]) + taxed.at(&[user, r])) / firms.region_total(r, depreciation)
        })
        .collect();
    fill(&mut accounts.investment, |at| {
        depreciation(firms.at(at[0], at[1], at[2])) * per_depreciation[at[2]]
    });
}
