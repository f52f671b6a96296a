//! `[[lever.trade_destination]]`, `[[lever.tax]]`, `[[lever.infrastructure]]`, `[[lever.fiscal]]`.

use std::collections::BTreeMap;

use diagnostics::Diagnostic;

use super::super::code;
use super::super::context::{Context, way_out};
use super::super::field::Field;
use super::super::names::all_industries;
use super::super::section::Section;
use super::{budget, header, home, not_before, to_year};
use crate::lever::{Fiscal, Infrastructure, Lever, Tax, TradeDestination};
use crate::money::Money;

/// Extra growth of a partner's demand a year that is believed.
const DEMAND_GROWTH: std::ops::RangeInclusive<f64> = -0.5..=1.0;

/// Largest part of a price that a measure saves.
const SAVED: std::ops::RangeInclusive<f64> = 0.0..=0.5;

/// Change of a rate of tax that is believed.
const RATE: std::ops::RangeInclusive<f64> = -0.5..=0.5;

pub(super) fn trade_destination(section: &Section<'_>) -> Lever {
    let from_year = section.need("from_year", Field::year);
    let lever = TradeDestination {
        from_year,
        full_year: section.want("full_year", from_year, |field| {
            not_before(field, from_year, "the cost reduction is complete")
        }),
        to_year: to_year(section, from_year),
        partner: section.need("partner", Field::text),
        industries: section.want(
            "industries",
            all_industries(section.context.names),
            Field::industries,
        ),
        regions: section.want("regions", home(section), Field::regions),
        export_share: section.need("export_share", Field::share),
        import_share: section.want("import_share", 0.0, Field::share),
        demand_growth: section.want("demand_growth", 0.0, |field| field.number(DEMAND_GROWTH)),
        cost_reduction: section.want("cost_reduction", 0.0, |field| field.number(SAVED)),
        import_cost_reduction: section
            .want("import_cost_reduction", 0.0, |field| field.number(SAVED)),
        cost_per_year: section.want("cost_per_year", Money::default(), Field::money),
        budget: budget(section),
        header: header(section),
    };
    Lever::TradeDestination(lever)
}

/// Shares of partners in the exports, and in the imports, of a product and region sum to one at
/// most.
pub(super) fn check_shares(context: &Context<'_>, levers: &[Lever]) {
    let mut shares: BTreeMap<(usize, usize), [f64; 2]> = BTreeMap::new();
    for lever in levers {
        let Lever::TradeDestination(found) = lever else { continue };
        let mut most = 0.0_f64;
        for product in &found.industries {
            for region in &found.regions {
                let sum = shares.entry((product.index, region.index)).or_default();
                sum[0] += found.export_share;
                sum[1] += found.import_share;
                most = most.max(sum[0]).max(sum[1]);
            }
        }
        if most > 1.0 + 1e-9 {
            let message = format!(
                "with `{}`, partners take {:.0} % of the trade of a product and region",
                found.header.name,
                100.0 * most
            );
            let finding = Diagnostic::error(code::SHARES_SUM, message).help(
                "lower `export_share` or `import_share`: shares of partners sum to 1 at most",
            );
            let span = context.first_line(found.header.span.clone());
            context.report(finding, span, "one partner too many");
        }
    }
}

pub(super) fn tax(section: &Section<'_>) -> Lever {
    Lever::Tax(Tax {
        kind: section.need("kind", Field::word),
        industries: section.need("industries", Field::industries),
        regions: section.want("regions", home(section), Field::regions),
        years: section.need("years", Field::years),
        change: section.need("change", |field| field.number(RATE)),
        header: header(section),
    })
}

pub(super) fn infrastructure(section: &Section<'_>) -> Lever {
    let build_years = section.need("build_years", Field::years);
    let all = (0..section.context.names.margins.len()).collect();
    Lever::Infrastructure(Infrastructure {
        regions: section.want("regions", home(section), Field::regions),
        amount: section.need("amount", Field::money),
        operation_year: section
            .need("operation_year", |field| not_before(field, build_years.0, "the works open")),
        build_years,
        margins: section.want("margins", all, margins),
        margin_saving: section.need("margin_saving", |field| field.number(SAVED)),
        upkeep_per_year: section.want("upkeep_per_year", Money::default(), Field::money),
        budget: budget(section),
        header: header(section),
    })
}

/// Margins by label, as positions.
fn margins(field: &Field<'_>) -> Option<Vec<usize>> {
    let known = &field.context.names.margins;
    let one = |item: &Field<'_>| {
        let name = item.text()?;
        let found = known.iter().position(|label| label.eq_ignore_ascii_case(&name));
        if found.is_none() {
            let message = format!("unknown margin `{name}`");
            let help = way_out(&name, known.iter().map(String::as_str));
            item.error(code::UNKNOWN_WORD, message, "not a margin of the accounts", &help);
        }
        found
    };
    field.list("margins")?.iter().map(one).collect()
}

pub(super) fn fiscal(section: &Section<'_>) -> Lever {
    Lever::Fiscal(Fiscal {
        region: section.need("region", Field::region),
        years: section.need("years", Field::years),
        amount: section.need("amount", Field::signed_money),
        kind: section.need("kind", Field::word),
        budget: budget(section),
        header: header(section),
    })
}
