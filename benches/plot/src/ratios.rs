//! Throughput against what is written by hand on tokio: a panel for each work, a bar for each contender.

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use crate::figures::{Figures, Row, by_hand};
use crate::style::{Area, FAINT, Failure, GRID, INK, card, colour, is_ours, letters, write};

const TOP: i32 = 76;
const COLUMNS: usize = 3;
const COLUMN: i32 = 256;
const NAMES: i32 = 92;
const BARS: i32 = 108;
const BAR: i32 = 18;
const TITLE: i32 = 26;
const GAP: i32 = 18;
/// A bar is never longer than this; its figure says how long it would be.
const LONGEST: f64 = 2.5;

pub fn draw(figures: &Figures, picture: &mut String) -> Result<(), Failure> {
    let works = figures.works();
    let heights: Vec<i32> = works
        .chunks(COLUMNS)
        .map(|row| TITLE + GAP + BAR * row.iter().map(Vec::len).max().unwrap_or(0) as i32)
        .collect();
    let height = TOP + heights.iter().sum::<i32>() + 8;
    let area = card(
        picture,
        height as u32,
        "Throughput beside hand-written tokio",
        "Requests per second; the line is tokio by hand (for HTTP: hyper by hand) = 1. Longer is better.",
    )?;
    let ratios = works.iter().flat_map(|work| work.iter().filter_map(|row| ratio(work, row)));
    let scale = f64::from(BARS) / ratios.fold(1.0, f64::max).min(LONGEST);
    let mut y = TOP;
    for (row, height) in works.chunks(COLUMNS).zip(heights) {
        for (column, work) in row.iter().enumerate() {
            panel(&area, work, (24 + column as i32 * COLUMN, y), scale)?;
        }
        y += height;
    }
    Ok(area.present()?)
}

fn ratio(work: &[&Row], row: &Row) -> Option<f64> {
    Some(row.rate?.median / by_hand(work)?)
}

fn panel(area: &Area<'_>, work: &[&Row], (x, y): (i32, i32), scale: f64) -> Result<(), Failure> {
    write(area, &work[0].title, (x, y + 8), &letters(14, INK, true, HPos::Left))?;
    let (top, left) = (y + TITLE, x + NAMES);
    let one = left + scale as i32;
    let bottom = top + BAR * work.len() as i32;
    area.draw(&PathElement::new(vec![(left, top), (left, bottom)], GRID))?;
    for (at, row) in work.iter().enumerate() {
        let Some(ratio) = ratio(work, row) else { continue };
        let middle = top + BAR * at as i32 + BAR / 2;
        let ours = is_ours(&row.contender);
        let name = letters(12, if ours { INK } else { FAINT }, ours, HPos::Right);
        write(area, &row.contender, (left - 6, middle), &name)?;
        let end = left + (ratio.min(LONGEST) * scale).max(1.0) as i32;
        area.draw(&Rectangle::new([(left, middle - 6), (end, middle + 6)], colour(&row.contender).filled()))?;
        // Not under the line.
        let figure = if (end..end + 40).contains(&(one + 1)) && end < one { one + 5 } else { end + 5 };
        write(area, &format!("{ratio:.2}"), (figure, middle), &letters(12, INK, ours, HPos::Left))?;
    }
    area.draw(&PathElement::new(vec![(one, top - 3), (one, bottom + 1)], INK))?;
    Ok(())
}
