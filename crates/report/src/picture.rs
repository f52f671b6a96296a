//! A drawing as a PNG, the same on every machine: fonts come with the program.
//!
//! Not here: what is drawn (`chart`).

use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

/// Fonts of pictures.
const FONTS: [&[u8]; 2] =
    [include_bytes!("../fonts/NotoSans-Regular.ttf"), include_bytes!("../fonts/NotoSans-Bold.ttf")];
/// Their family.
const FAMILY: &str = "Noto Sans";
/// Pixels on either side that are still a picture.
const LARGEST: f32 = 10_000.0;

static DATABASE: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    for font in FONTS {
        fonts.load_font_data(font.to_vec());
    }
    fonts.set_sans_serif_family(FAMILY);
    Arc::new(fonts)
});

/// A picture and its size in units of the drawing.
pub(crate) struct Picture {
    pub(crate) png: Vec<u8>,
    pub(crate) width: f32,
    pub(crate) height: f32,
}

/// Draws an SVG file.
///
/// - `scale`: pixels of the picture for one of the drawing.
///
/// # Errors
/// In words, when the text is no SVG or too large.
pub fn png(svg: &str, scale: f32) -> Result<Vec<u8>, String> {
    picture(svg, scale).map(|picture| picture.png)
}

pub(crate) fn picture(svg: &str, scale: f32) -> Result<Picture, String> {
    let options =
        Options { font_family: FAMILY.to_owned(), fontdb: DATABASE.clone(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(|error| format!("not an SVG: {error}"))?;
    let (width, height) = (tree.size().width(), tree.size().height());
    let (across, down) = (scale * width, scale * height);
    if !(across >= 1.0 && down >= 1.0 && across <= LARGEST && down <= LARGEST) {
        return Err(format!("a picture of {across:.0} × {down:.0} pixels"));
    }
    let mut pixels = Pixmap::new(across.ceil() as u32, down.ceil() as u32)
        .ok_or_else(|| "the picture is too large".to_owned())?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    let png = pixels.encode_png().map_err(|error| error.to_string())?;
    Ok(Picture { png, width, height })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"20\">\
        <style>rect{fill:#0a6ba8}</style><rect width=\"40\" height=\"20\"/>\
        <text x=\"2\" y=\"15\" fill=\"#fff\">GDP</text></svg>";

    #[test]
    fn a_drawing_becomes_a_picture_of_its_size_with_its_letters() {
        let picture = picture(SQUARE, 2.0).expect("drawn");
        let pixels = Pixmap::decode_png(&picture.png).expect("a PNG");
        assert_eq!((pixels.width(), pixels.height()), (80, 40));
        let blue = pixels.pixel(78, 2).expect("inside");
        assert_eq!((blue.red(), blue.green(), blue.blue()), (0x0a, 0x6b, 0xa8));
        let white = pixels.pixels().iter().filter(|each| each.red() > 250).count();
        assert!(white > 60, "letters are drawn: {white}");
        assert_eq!(picture.png, png(SQUARE, 2.0).expect("again"));
    }

    #[test]
    fn what_is_no_drawing_is_refused() {
        assert!(png("<html>", 1.0).is_err());
        assert!(png(SQUARE, 1e6).is_err());
        assert!(png(SQUARE, f32::NAN).is_err());
    }
}
