//! What an idle connection takes.

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use crate::figures::Figures;
use crate::style::{FAINT, Failure, INK, card, colour, is_ours, letters, number, write};

const TOP: i32 = 78;
const BAR: i32 = 32;
const LEFT: i32 = 190;
const LONGEST: f64 = 470.0;

pub fn draw(figures: &Figures, picture: &mut String) -> Result<(), Failure> {
    let rows = figures.idle();
    let height = TOP + BAR * rows.len() as i32 + 18;
    let area = card(
        picture,
        height as u32,
        "Memory of an idle connection",
        "Resident bytes of the server for each of 10,000 connections, after one exchange on each. Shorter is better.",
    )?;
    let most = rows.iter().map(|(_, bytes)| bytes.median).fold(1.0, f64::max);
    for (at, (name, bytes)) in rows.iter().enumerate() {
        let middle = TOP + BAR * at as i32 + BAR / 2;
        let style = letters(14, if is_ours(name) { INK } else { FAINT }, is_ours(name), HPos::Right);
        write(&area, name, (LEFT - 10, middle), &style)?;
        let end = LEFT + (bytes.median / most * LONGEST).max(1.0) as i32;
        area.draw(&Rectangle::new([(LEFT, middle - 10), (end, middle + 10)], colour(name).filled()))?;
        let figure = format!("{} bytes", number(bytes.median));
        write(&area, &figure, (end + 8, middle), &letters(13, INK, is_ours(name), HPos::Left))?;
    }
    Ok(area.present()?)
}
