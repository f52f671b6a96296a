//! The home regions: value added, flows, distances, ports, location of firms.

use accounts::Matrix;
use accounts::build::input::{Cities, SECTORS};

use super::bounds::{AMOUNT, DISTANCE, PORTS};
use super::read::{Reader, names};
use crate::sheet::{Key, distinct};

/// Foreign investment counts from this year.
const FIRST_YEAR_OF_FOREIGN_CAPITAL: f64 = 2003.0;
const BASE_YEAR: f64 = 2017.0;

impl Reader<'_> {
    pub(super) fn cities(&mut self) -> Option<Cities> {
        let (value_added, flows) = (self.city_value_added(), self.city_flows());
        let (distance, ports) = (self.distance(), self.ports());
        let (location, foreign) = (self.location_prior(), self.foreign_location_prior());
        let value_added = value_added?;
        let foreign_intensity = self.foreign_intensity(&value_added);
        let [export_port_share, import_port_share] = ports?;
        Some(Cities {
            value_added,
            flows: flows?,
            distance: distance?,
            export_port_share,
            import_port_share,
            foreign_intensity: foreign_intensity?,
            location_prior: location?,
            foreign_location_prior: foreign?,
        })
    }

    fn distance(&mut self) -> Option<Matrix> {
        let columns = ["origin", "destination", "value"];
        let table = self.open_within("distances.csv", &columns, &[DISTANCE])?;
        let regions = self.regions.clone();
        let keys = ["origin", "destination"].map(|column| Key { column, names: &regions });
        let km = self.values(&table, &keys, "value");
        Some(Matrix::from_fn(regions.len(), regions.len(), |r, d| km[r * regions.len() + d]))
    }

    /// Shares of the home regions in exports and imports.
    fn ports(&mut self) -> Option<[Vec<f64>; 2]> {
        const SHARES: [&str; 2] = ["export_port_share", "import_port_share"];
        let table =
            self.open_within("regions.csv", &[&["region"], &SHARES[..]].concat(), &PORTS)?;
        let regions = self.regions.clone();
        let home = self.home.len();
        Some(SHARES.map(|column| {
            let mut shares =
                self.values(&table, &[Key { column: "region", names: &regions }], column);
            shares.truncate(home);
            let total: f64 = shares.iter().sum();
            shares.iter().map(|share| share / total).collect()
        }))
    }

    /// Weights by industry and home region; `otherwise` where the table has none.
    fn weights(&mut self, file: &str, otherwise: f64) -> Option<Matrix> {
        let table = self.open_within(file, &["industry", "region", "value"], &[AMOUNT])?;
        let (labels, home) = (self.labels.clone(), self.home.clone());
        let keys =
            [Key { column: "industry", names: &labels }, Key { column: "region", names: &home }];
        let weights = self.values_or(&table, &keys, "value", otherwise);
        Some(Matrix::from_fn(labels.len(), home.len(), |i, r| weights[i * home.len() + r]))
    }

    fn location_prior(&mut self) -> Option<Matrix> {
        self.weights("location_prior.csv", 1.0)
    }

    fn foreign_location_prior(&mut self) -> Option<Vec<Option<Vec<f64>>>> {
        let weights = self.weights("foreign_location_prior.csv", f64::NAN)?;
        let given = |row: &[f64]| row.iter().all(|value| !value.is_nan()).then(|| row.to_vec());
        Some((0..weights.rows()).map(|i| given(weights.row(i))).collect())
    }

    fn city_value_added(&mut self) -> Option<Matrix> {
        let table =
            self.open_within("cities_2017.csv", &["city", "region", "sector", "value"], &[AMOUNT])?;
        let (sectors, home) = (names(&SECTORS), self.home.clone());
        let cities = distinct(&table, "city");
        self.values(
            &table,
            &[Key { column: "city", names: &cities }, Key { column: "sector", names: &sectors }],
            "value",
        );
        let mut sums = Matrix::zeros(sectors.len(), home.len());
        for row in &table.rows {
            let sector = sectors.iter().position(|name| name == table.text(row, "sector"));
            let region = table.name(row, Key { column: "region", names: &home }, self.findings);
            let (Some(sector), Some(region)) = (sector, region) else { continue };
            *sums.at_mut(sector, region) +=
                table.text(row, "value").parse::<f64>().unwrap_or_default();
        }
        Some(sums)
    }

    fn city_flows(&mut self) -> Option<Vec<Matrix>> {
        let table = self.open_within(
            "city_flows_2017.csv",
            &["origin", "origin_sector", "destination", "destination_sector", "value"],
            &[AMOUNT],
        )?;
        let (sectors, regions) = (names(&SECTORS), self.regions.clone());
        let keys = [
            Key { column: "origin_sector", names: &sectors },
            Key { column: "origin", names: &regions },
            Key { column: "destination", names: &regions },
            Key { column: "destination_sector", names: &sectors },
        ];
        let cells = self.values(&table, &keys, "value");
        let (n, g) = (regions.len(), sectors.len());
        let flow = |sector: usize, r: usize, d: usize| {
            cells[((sector * n + r) * n + d) * g..][..g].iter().sum()
        };
        Some((0..g).map(|sector| Matrix::from_fn(n, n, |r, d| flow(sector, r, d))).collect())
    }

    /// Foreign investment cumulated from 2003 with depreciation, per value added, mean 1.
    fn foreign_intensity(&mut self, value_added: &Matrix) -> Option<Vec<f64>> {
        let rate = self.scalars(&["fdi_depreciation"])?[0];
        let table = self.open("city_fdi_1996_2017.csv", &["city", "region", "year", "value"])?;
        let home = self.home.clone();
        let mut stock = vec![0.0; home.len()];
        for row in &table.rows {
            let region = table.name(row, Key { column: "region", names: &home }, self.findings);
            let year = table.number(row, "year", self.findings);
            let value = table.number(row, "value", self.findings);
            let (Some(region), Some(year), Some(value)) = (region, year, value) else { continue };
            if year >= FIRST_YEAR_OF_FOREIGN_CAPITAL {
                stock[region] += value * (1.0 - rate).powf(BASE_YEAR - year);
            }
        }
        let size = value_added.column_sums();
        let mean = stock.iter().sum::<f64>() / size.iter().sum::<f64>();
        Some((0..home.len()).map(|r| stock[r] / size[r] / mean).collect())
    }
}
