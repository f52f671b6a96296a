//! The pieces put into the tables of regional accounts.

use super::BuildReport;
use super::input::{DEPRECIATION, Input, OWNERS, PRODUCTION_TAX, SKILLS, SURPLUS};
use super::labour::{Labour, labour};
use super::owners::{Firm, Firms, compensation};
use super::uses::RegionUses;
use crate::matrix::Matrix;
use crate::regional::{RegionalAccounts, Sets};
use crate::regionalise::chain::put_investment;
use crate::regionalise::flows::Flows;
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
    flows.put(&mut accounts);
    put_firms(&mut accounts, firms);
    put_labour(&mut accounts, input, firms, &labour(input, firms, report));
    put_investment(&mut accounts);
    accounts
}

fn put_uses(accounts: &mut RegionalAccounts, uses: &[RegionUses], rates: &Matrix) {
    let delivered: Vec<f64> = rates.row_sums().iter().map(|margins| 1.0 + margins).collect();
    accounts.use_.fill(|at| {
        let region = &uses[at[3]];
        let basic = if at[1] == 0 { &region.domestic } else { &region.imported };
        basic.at(at[0], at[2]) * delivered[at[0]]
    });
    accounts.tax.fill(|at| if at[1] == 1 { uses[at[3]].duty.at(at[0], at[2]) } else { 0.0 });
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
        table.fill(|at| what(firms.at(at[0], at[1], at[2])));
    }
    accounts.make.fill(|at| {
        if at[0] == at[1] { firms.total(at[1], at[2], |firm| firm.output) } else { 0.0 }
    });
}

fn put_labour(accounts: &mut RegionalAccounts, input: &Input, firms: &Firms, labour: &Labour) {
    let total = |at: &[usize]| compensation(firms.at(at[1], at[2], at[3]));
    accounts.labour.fill(|at| labour.wages(at[0], at[1], total(at)));
    let h = input.home_regions();
    accounts.persons.fill(|at| labour.persons(at[0], at[1], at[3] == h, total(at)));
}
