//! Small pictures for the demo shop, drawn by code: a silhouette in the colour of the product on a tint of it.

/// Draws a product as a `data:` URL; `None` for a shape that is not known.
pub(super) fn draw(shape: &str, color: &str) -> Option<String> {
    let [red, green, blue] = channels(color)?;
    let mix = |share: u32, other: u32| {
        let [r, g, b] =
            [red, green, blue].map(|channel| (channel * (100 - share) + other * share) / 100);
        format!("#{r:02x}{g:02x}{b:02x}")
    };
    let drawing = drawing(shape)?
        .replace("{main}", color)
        .replace("{dark}", &mix(35, 0))
        .replace("{light}", &mix(55, 255));
    let svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 240 240'>\
         <rect width='240' height='240' fill='{}'/>\
         <ellipse cx='120' cy='198' rx='74' ry='9' fill='{}'/>{drawing}</svg>",
        mix(84, 255),
        mix(66, 255),
    );
    Some(format!("data:image/svg+xml,{}", escape(&svg)))
}

/// Silhouettes on a field of 240 by 240, standing on y = 196.
fn drawing(shape: &str) -> Option<&'static str> {
    Some(match shape {
        "leaf" => {
            "<path fill='{main}' d='M58 182C46 104 96 52 192 46c4 92-42 148-134 136z'/>\
             <path fill='none' stroke='{light}' stroke-width='5' stroke-linecap='round' \
             d='M50 192C84 148 120 112 166 74M92 150l-4-42M118 124l-2-38M98 152l44 2M124 126l40-2'/>"
        }
        "bean" => {
            "<g transform='rotate(-32 120 120)'><ellipse cx='120' cy='120' rx='54' ry='78' fill='{main}'/>\
             <path fill='none' stroke='{dark}' stroke-width='8' stroke-linecap='round' \
             d='M126 46c-26 30 16 56-4 82s12 40-6 66'/>\
             <path fill='none' stroke='{light}' stroke-width='6' stroke-linecap='round' d='M84 88c-8 18-9 38-4 56'/></g>"
        }
        "pot" => {
            "<path fill='none' stroke='{dark}' stroke-width='11' d='M70 120c-44-6-40 56 4 52'/>\
             <path fill='{dark}' d='M168 134l40-38 12 6-40 68z'/>\
             <path fill='{main}' d='M66 132c0-64 112-64 112 0 0 42-22 64-56 64s-56-22-56-64z'/>\
             <path fill='{dark}' d='M84 92c18-12 58-12 76 0l-4 8H88z'/><circle cx='122' cy='76' r='9' fill='{main}'/>\
             <path fill='none' stroke='{light}' stroke-width='6' stroke-linecap='round' d='M84 124c2 22 6 34 14 44'/>"
        }
        "cup" => {
            "<path fill='none' stroke='{dark}' stroke-width='12' d='M164 106c46-8 44 56-8 54'/>\
             <path fill='{main}' d='M58 84h114c0 66-8 112-57 112S58 150 58 84z'/>\
             <ellipse cx='115' cy='84' rx='57' ry='13' fill='{dark}'/>\
             <path fill='none' stroke='{light}' stroke-width='6' stroke-linecap='round' \
             d='M76 116c2 26 8 44 18 56M98 60c-8-12 8-18 0-32M126 60c-8-12 8-18 0-32'/>"
        }
        "tin" => {
            "<path fill='{main}' d='M70 84h100v104c0 12-100 12-100 0z'/><ellipse cx='120' cy='84' rx='50' ry='11' fill='{dark}'/>\
             <path fill='{dark}' d='M66 58h108v26c0 14-108 14-108 0z'/><ellipse cx='120' cy='58' rx='54' ry='12' fill='{light}'/>\
             <path fill='{light}' d='M92 122h56v44H92z'/><path fill='{main}' d='M106 156c-4-20 8-28 28-28 0 20-10 30-28 28z'/>"
        }
        "cake" => {
            "<circle cx='120' cy='124' r='72' fill='{main}'/><circle cx='120' cy='124' r='72' fill='none' stroke='{dark}' stroke-width='8'/>\
             <circle cx='120' cy='124' r='14' fill='{dark}'/>\
             <path fill='none' stroke='{light}' stroke-width='5' stroke-linecap='round' \
             d='M84 96l16 8M96 156l-12 10M146 92l12-12M158 140l-16-2M120 170l4 14M112 82l-4-14M76 130l14 2M150 164l10 10'/>"
        }
        "dripper" => {
            "<path fill='none' stroke='{dark}' stroke-width='10' d='M170 82c40-6 36 40-10 38'/>\
             <path fill='{main}' d='M56 66h120l-42 80h-36z'/><ellipse cx='116' cy='66' rx='60' ry='12' fill='{dark}'/>\
             <rect x='70' y='144' width='92' height='13' rx='6' fill='{dark}'/>\
             <path fill='{light}' d='M78 160h76l-6 30c-2 8-62 8-64 0z'/>\
             <path fill='none' stroke='{light}' stroke-width='5' stroke-linecap='round' d='M84 88l22 44M110 90l4 42'/>"
        }
        "press" => {
            "<path fill='none' stroke='{dark}' stroke-width='11' d='M158 92c46-2 46 78 0 76'/>\
             <path fill='{dark}' d='M116 26h8v50h-8z'/><circle cx='120' cy='28' r='10' fill='{main}'/>\
             <path fill='{main}' d='M74 74h92l-4 14H78zM76 88h88v108H76z'/>\
             <path fill='{light}' d='M86 100h68v30H86z'/><path fill='{dark}' d='M86 130h68v56H86z'/>"
        }
        "grinder" => {
            "<path fill='none' stroke='{dark}' stroke-width='9' stroke-linecap='round' d='M120 52V36h64'/>\
             <circle cx='190' cy='38' r='12' fill='{dark}'/>\
             <path fill='{main}' d='M86 56h68l-6 74H92z'/><path fill='{dark}' d='M88 130h64v14H88z'/>\
             <path fill='{main}' d='M90 144h60v46c0 8-60 8-60 0z'/>\
             <path fill='none' stroke='{light}' stroke-width='6' stroke-linecap='round' d='M102 72l3 44M104 156v24'/>"
        }
        "kettle" => {
            "<path fill='none' stroke='{dark}' stroke-width='12' stroke-linecap='round' d='M164 96c48-34 56 30 16 74'/>\
             <path fill='none' stroke='{main}' stroke-width='10' stroke-linecap='round' d='M80 168C40 160 74 96 32 84'/>\
             <path fill='{main}' d='M84 92h76l18 94c0 10-112 10-112 0z'/><path fill='{dark}' d='M82 82h80v12H82z'/>\
             <circle cx='122' cy='74' r='9' fill='{dark}'/>\
             <path fill='none' stroke='{light}' stroke-width='6' stroke-linecap='round' d='M98 112l-8 52'/>"
        }
        "box" => {
            "<path fill='{main}' d='M58 92l62-22 62 22v84l-62 22-62-22z'/><path fill='{dark}' d='M120 114l62-22v84l-62 22z'/>\
             <path fill='{light}' d='M58 92l62-22 62 22-62 22z'/><path fill='{light}' d='M76 124l28 10v22l-28-10z'/>"
        }
        "bottle" => {
            "<path fill='{dark}' d='M104 34h32v26h-32z'/><path fill='{main}' d='M106 60h28c0 28 24 30 24 60v64c0 14-76 14-76 0v-64c0-30 24-32 24-60z'/>\
             <path fill='{light}' d='M82 130h76v38H82z'/>\
             <path fill='none' stroke='{light}' stroke-width='5' stroke-linecap='round' d='M112 78c0 18-14 20-16 34'/>"
        }
        "knife" => {
            "<g transform='rotate(-38 120 120)'><path fill='{light}' d='M92 104h128c-6 26-34 40-66 40H92z'/>\
             <path fill='{main}' d='M92 104h128c-2 8-6 14-10 18H92z'/>\
             <path fill='{dark}' d='M14 106c0-8 78-4 78-4v32s-30-4-48 2-30-8-30-30z'/>\
             <path fill='{light}' d='M38 114h6v6h-6zM64 114h6v6h-6z'/></g>"
        }
        "pan" => {
            "<g transform='rotate(-24 120 130)'><path fill='{dark}' d='M150 122h84c6 0 6 18 0 18h-84z'/>\
             <circle cx='96' cy='130' r='66' fill='{main}'/><circle cx='96' cy='130' r='52' fill='{dark}'/>\
             <path fill='none' stroke='{light}' stroke-width='6' stroke-linecap='round' d='M60 112c6-14 18-22 32-24'/></g>"
        }
        "casserole" => {
            "<path fill='none' stroke='{dark}' stroke-width='12' d='M54 130H34v22h20M186 130h20v22h-20'/>\
             <path fill='{main}' d='M50 112h140v62c0 30-140 30-140 0z'/><path fill='{dark}' d='M46 100h148v14H46z'/>\
             <path fill='{main}' d='M52 100c4-34 132-34 136 0z'/><rect x='108' y='60' width='24' height='14' rx='6' fill='{dark}'/>\
             <path fill='none' stroke='{light}' stroke-width='6' stroke-linecap='round' d='M66 132v36M76 90c10-6 22-8 34-9'/>"
        }
        "board" => {
            "<path fill='{main}' d='M44 84h122c4-30 40-30 40 4v86c0 10-4 14-14 14H44c-8 0-12-4-12-12V96c0-8 4-12 12-12z'/>\
             <circle cx='186' cy='92' r='9' fill='{light}'/>\
             <path fill='none' stroke='{dark}' stroke-width='5' stroke-linecap='round' \
             d='M52 108c34-8 60 8 106 0M52 132c40-8 70 8 128 0M52 156c34-8 74 8 128 0'/>"
        }
        "towel" => {
            "<path fill='{dark}' d='M40 52h160v9H40z'/><path fill='{light}' d='M70 56h100v136H70z'/>\
             <path fill='{main}' d='M84 56h12v136H84zM144 56h12v136h-12z'/><path fill='{main}' d='M70 164h100v10H70z'/>\
             <path fill='none' stroke='{dark}' stroke-width='3' stroke-dasharray='4 5' d='M70 194h100'/>"
        }
        "mortar" => {
            "<path fill='{dark}' d='M138 92l42-62c8-10 24 0 18 12l-38 60z'/>\
             <path fill='{main}' d='M46 96h148c0 46-22 76-44 86v14H90v-14C68 172 46 142 46 96z'/>\
             <path fill='{dark}' d='M40 90h160v14H40z'/>\
             <path fill='none' stroke='{light}' stroke-width='6' stroke-linecap='round' d='M66 120c4 20 12 34 24 44'/>"
        }
        "whisk" => {
            "<g transform='rotate(36 120 120)'><rect x='112' y='128' width='16' height='88' rx='8' fill='{dark}'/>\
             <path fill='none' stroke='{main}' stroke-width='6' d='M120 130C60 110 84 22 120 22s60 88 0 108zM120 130C94 104 100 22 120 22s26 82 0 108zM120 22v108'/>\
             <path fill='{main}' d='M108 122h24v14h-24z'/></g>"
        }
        "jar" => {
            "<path fill='{dark}' d='M80 52h80v24H80z'/><path fill='{main}' d='M74 76h92c12 10 16 20 16 34v68c0 12-8 18-20 18H78c-12 0-20-6-20-18v-68c0-14 4-24 16-34z'/>\
             <path fill='{light}' d='M58 122h124v44H58z'/><path fill='{main}' d='M120 130l14 8v14l-14 8-14-8v-14z'/>"
        }
        "bar" => {
            "<g transform='rotate(-14 120 120)'><rect x='70' y='44' width='100' height='150' rx='6' fill='{main}'/>\
             <path fill='none' stroke='{dark}' stroke-width='5' d='M120 48v56M74 76h92'/>\
             <path fill='{light}' d='M66 104l12 6 12-6 12 6 12-6 12 6 12-6 12 6 12-6 12 6v88H66z'/>\
             <path fill='{main}' d='M84 138h72v10H84zM96 158h48v7H96z'/></g>"
        }
        _ => return None,
    })
}

fn channels(color: &str) -> Option<[u32; 3]> {
    let digits = color.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let channel = |at: usize| {
        digits
            .get(at..at + 2)
            .and_then(|pair| u32::from_str_radix(pair, 16).ok())
    };
    Some([channel(0)?, channel(2)?, channel(4)?])
}

/// What a `data:` URL cannot hold as it is.
fn escape(svg: &str) -> String {
    let mut url = String::with_capacity(svg.len() * 5 / 4);
    for character in svg.chars() {
        match character {
            '<' => url.push_str("%3C"),
            '>' => url.push_str("%3E"),
            '#' => url.push_str("%23"),
            ' ' => url.push_str("%20"),
            other => url.push(other),
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_small_and_a_good_url() {
        let picture = draw("pot", "#39424e").expect("a known shape");
        assert!(picture.starts_with("data:image/svg+xml,%3Csvg%20"));
        assert!(picture.len() < 1_500, "{}", picture.len());
        assert!(picture.bytes().all(|byte| byte.is_ascii_graphic()));
        assert!(!picture.contains('{'));
        assert_eq!(draw("unicorn", "#39424e"), None);
        assert_eq!(draw("pot", "blue"), None);
    }
}
