"""bertviz's own drawing code as ES modules that can live in a page.

Installed bertviz draws with ``head_view.js``, ``model_view.js`` and ``neuron_view.js``, made for a
notebook: they load d3 and jQuery from a foreign address through require.js, write ids that repeat
from view to view, and know neither a dark page nor a keyboard. What draws the tokens, the lines,
the boxes, the thumbnails and the detail is kept as it is; each change below is an exact text, how
often it stands there, and what it becomes. Any other count means another bertviz, and the build
stops.

The adapted function takes the parameters that bertviz's Python would have written into the
template, with a few of ours, and ``d3``, of which only ``select`` is left in use.
"""

import importlib.metadata
import importlib.util
from pathlib import Path
from typing import NamedTuple

from grader.errors import CourseError


class Change(NamedTuple):
    """`old` stands exactly `times` times in bertviz's source and becomes `new`."""

    old: str
    new: str
    times: int = 1


OPENING = "requirejs(['jquery', 'd3'],"
"""Everything before this is the configuration of require.js."""

TEMPLATE = (
    "const params = PYTHON_PARAMS; // HACK: PYTHON_PARAMS is a template marker that is replaced by"
    " actual params."
)

HEAD_VIEW = (
    Change("function ($, d3) {", "export function headView(params, d3) {"),
    Change(TEMPLATE, ""),
    # Widths and heights come from the engine: the longest token, the figure's width, a finger.
    Change("const TEXT_SIZE = 15;", "const TEXT_SIZE = params.text_size;"),
    Change("const BOXWIDTH = 110;", "const BOXWIDTH = params.box_width;"),
    Change("const BOXHEIGHT = 22.5;", "const BOXHEIGHT = params.box_height;"),
    Change("const MATRIX_WIDTH = 115;", "const MATRIX_WIDTH = params.matrix_width;"),
    Change("const CHECKBOX_SIZE = 20;", ""),
    # d3's ten colours repeat at head 10; ours are twelve, and change with the page's scheme.
    Change('console.log("d3 version", d3.version)', ""),
    Change(
        """let headColors;
    try {
        headColors = d3.scaleOrdinal(d3.schemeCategory10);
    } catch (err) {
        console.log('Older d3 version')
        headColors = d3.scale.category10();
    }""",
        "const headColors = params.head_color;",
    ),
    # The engine's own buttons choose the layer, the heads and the part of a pair.
    Change("config.rootDivId = params['root_div_id'];", "config.root = params['root'];"),
    Change(
        """
        let layerEl = $(`#${config.rootDivId} #layer`);
        for (const layer of config.layers) {
            layerEl.append($("<option />").val(layer).text(layer));
        }
        layerEl.val(config.layer).change();
        layerEl.on('change', function (e) {
            config.layer = +e.currentTarget.value;
            config.layer_seq = config.layers.findIndex(layer => config.layer === layer);
            renderVis();
        });

        $(`#${config.rootDivId} #filter`).on('change', function (e) {
            config.filter = e.currentTarget.value;
            renderVis();
        });
""",
        "",
    ),
    Change("drawCheckboxes(0, svg, layerAttention);", ""),
    Change("$(`#${config.rootDivId} #vis`).empty();", "config.root.replaceChildren();"),
    Change("d3.select(`#${config.rootDivId} #vis`)", "d3.select(config.root)"),
    Change('.attr("width", "100%")', '.attr("width", 2 * BOXWIDTH + MATRIX_WIDTH)'),
    # An id may stand once in a page, a class as often as there are figures.
    Change('.attr("id", isLeft ? "left" : "right")', '.attr("class", isLeft ? "left" : "right")'),
    Change('.attr("id", "attention")', '.attr("class", "attention")'),
    Change('svg.select("#attention")', 'svg.select(".attention")', 8),
    Change('svg.select("#" + id)', 'svg.select("." + id)'),
    Change('.attr("dy", TEXT_SIZE)', '.attr("dy", (BOXHEIGHT + 0.7 * TEXT_SIZE) / 2)', 2),
    # Lines of heads that are off are not drawn; those of several heads lie side by side, each in
    # its own colour, so that none has to be made faint to let the others through.
    Change(
        '.attr("head-index", (d, i) => i)\n            .selectAll(".tokenAttention")\n'
        "            .data(d => d)",
        '.attr("head-index", (d, i) => i)\n            .selectAll(".tokenAttention")\n'
        "            .data((d, i) => config.headVis[i] ? d : [])",
    ),
    Change(
        "return TEXT_TOP + leftTokenIndex * BOXHEIGHT + (BOXHEIGHT / 2)\n",
        "return TEXT_TOP + leftTokenIndex * BOXHEIGHT + (BOXHEIGHT / 2)"
        " + lane(+this.parentNode.parentNode.getAttribute('head-index'))\n",
    ),
    Change(
        """.attr("y2", (d, rightTokenIndex) => TEXT_TOP + rightTokenIndex * BOXHEIGHT"""
        """ + (BOXHEIGHT / 2))""",
        """.attr("y2", function (d, rightTokenIndex) {
                return TEXT_TOP + rightTokenIndex * BOXHEIGHT + (BOXHEIGHT / 2)"""
        """ + lane(+this.parentNode.parentNode.getAttribute('head-index'))
            })""",
    ),
    Change('.attr("stroke-width", 2)', '.attr("stroke-width", Math.min(2, laneHeight()))'),
    Change(
        """// Set opacity to attention weight divided by number of active heads
                    return d / activeHeads()""",
        """return Math.min(1, d * params.gain)""",
    ),
    Change('.attr("fill", "lightgray")', '.attr("fill", "var(--view-highlight)")'),
    Change(
        """    function activeHeads() {""",
        """    function laneHeight() {
        return Math.min(2.5, (BOXHEIGHT - 4) / activeHeads());
    }

    function lane(i) {
        const above = config.headVis.filter((on, other) => on && other < i).length;
        return (above - (activeHeads() - 1) / 2) * laneHeight();
    }

    function activeHeads() {""",
    ),
)

MODEL_VIEW = (
    Change("function($, d3) {", "export function modelView(params, d3) {"),
    Change(TEMPLATE, ""),
    Change("const DIV_WIDTH = 970;", "const DIV_WIDTH = params.width;"),
    Change("const DETAIL_BOX_WIDTH = 80;", "const DETAIL_BOX_WIDTH = params.box_width;"),
    Change("const DETAIL_WIDTH = 300;", "const DETAIL_WIDTH = 140 + 2 * params.box_width;"),
    Change("const LAYER_COLORS = d3.schemeCategory10;", ""),
    Change("LAYER_COLORS[config.layers[layer] % 10]", "params.layer_color(config.layers[layer])"),
    # Two palettes fixed when drawn become the page's own colours, whichever scheme it is in.
    Change(
        """        const PALETTE = {
            'light': {
                'text': 'black',
                'background': 'white',
                'highlight': '#F5F5F5'
            },
            'dark': {
                'text': '#ccc',
                'background': 'black',
                'highlight': '#222'
            }
        }
""",
        "",
    ),
    Change("return PALETTE[config.mode]['text']", "return 'currentColor'"),
    Change("return PALETTE[config.mode]['background']", "return 'var(--view-background)'"),
    Change("return PALETTE[config.mode]['highlight']", "return 'var(--view-highlight)'"),
    Change('.attr("fill", "black")', '.attr("fill", "currentColor")', 4),
    Change('console.log("x", x, y)', ""),
    # Names of rows and columns in the page's language; layers and heads from 0 as they were.
    Change('.text("Heads")', ".text(params.words.head)"),
    Change('.text("Layers")', ".text(params.words.layer)"),
    Change(
        """.text('Layer ' + config.layers[layerIndex] + ", Head " + config.heads[headIndex])""",
        """.text('L' + config.layers[layerIndex] + 'H' + config.heads[headIndex])""",
    ),
    Change("const vis = $(`#${config.rootDivId} #vis`)\n", ""),
    Change("vis.empty();", "config.root.replaceChildren();"),
    Change('vis.attr("height", config.divHeight);', ""),
    Change("d3.select(`#${config.rootDivId} #vis`)", "d3.select(config.root)"),
    Change("config.rootDivId = params['root_div_id'];", "config.root = params['root'];"),
    Change("config.mode = params['display_mode'];", ""),
    Change(
        """            $(`#${config.rootDivId} #filter`).on('change', function (e) {
                config.filter = e.currentTarget.value;
                render();
            });
""",
        "",
    ),
    # The tokens of the detail could never be highlighted: the group that is looked for did not
    # exist, and the box would have hidden its own text.
    Change(
        '.classed("detail", true)\n                .selectAll("g")\n                .data(text)',
        '.classed("detail", true)\n                .classed(id, true)\n'
        '                .selectAll("g")\n                .data(text)',
    ),
    Change('config.svg.select("#leftText")', 'config.svg.select(".leftText")', 2),
    Change(
        """return i == index ? 1.0 : 0.0;
                });
            config.svg.selectAll(".attn-line-group")""",
        """return i == index ? 0.2 : 0.0;
                });
            config.svg.selectAll(".attn-line-group")""",
    ),
    Change(""".attr("id", 'attn_background_' + layerIndex + "_" + headIndex)""", ""),
    # Lines that no eye can see are left out of the thumbnails: two of three nodes.
    Change(
        """                .data(function (d) { // Loop over all target tokens
                    return d;
                })
                .enter() // When entering
                .append("line")
                .attr("x1", x1)""",
        """                .data(function (d) {
                    return d.map((weight, key) => ({weight, key}))
                        .filter(each => each.weight >= params.least);
                })
                .enter()
                .append("line")
                .attr("x1", x1)""",
    ),
    Change(
        """.attr("y2", function (d, targetIndex) {
                    return y1 + (targetIndex + .5) * config.thumbnailBoxHeight;
                })
                .attr("stroke-width", 2.2)
                .attr("stroke", getLayerColor(layerIndex))
                .attr("stroke-opacity", function (d) {
                    return d;
                });""",
        """.attr("y2", function (d) {
                    return y1 + (d.key + .5) * config.thumbnailBoxHeight;
                })
                .attr("stroke-width", params.stroke_width)
                .attr("stroke", getLayerColor(layerIndex))
                .attr("stroke-opacity", function (d) {
                    return Math.min(1, d.weight * params.gain);
                });""",
    ),
    Change(
        """.attr("stroke-opacity", function (d) {
                    return d;
                });""",
        """.attr("stroke-opacity", function (d) {
                    return Math.min(1, d * params.gain);
                });""",
    ),
    # What is clicked can be found, focused and seen focused.
    Change(
        'var clickRegion = attnContainer.append("rect")\n',
        'var clickRegion = attnContainer.append("rect")\n'
        '                .attr("class", "thumbnail")\n'
        '                .attr("data-layer", layerIndex)\n'
        '                .attr("data-head", headIndex)\n',
    ),
    Change(
        '.attr("width", config.thumbnailWidth)\n                .style("opacity", 0);',
        '.attr("width", config.thumbnailWidth)\n                .attr("fill-opacity", 0);',
    ),
    Change(
        """var detailFrame = config.svg.append("rect")
                .classed("detail", true)""",
        """var detailFrame = config.svg.append("rect")
                .classed("detail", true)
                .classed("frame", true)""",
    ),
)

NEURON_VIEW = (
    Change("function ($, d3) {", "export function neuronView(params, d3) {"),
    Change("const params = window.bertviz_params\n", ""),
    Change("const HEADING_TEXT_SIZE = 16;", ""),
    Change("const TEXT_SIZE = 15;", "const TEXT_SIZE = params.text_size;"),
    Change("const MATRIX_WIDTH = 200;", "const MATRIX_WIDTH = params.matrix_width;"),
    Change("const BOXWIDTH = TEXT_SIZE * 8;", "const BOXWIDTH = params.box_width;"),
    Change("const BOXHEIGHT = 26;", "const BOXHEIGHT = params.box_height;"),
    Change("const HEIGHT_PADDING = 100;", "const HEIGHT_PADDING = HEADING_HEIGHT + 4;"),
    Change("const PADDING_WIDTH = 25;", "const PADDING_WIDTH = params.padding;"),
    Change("const DOT_WIDTH = 70;", ""),
    Change("const SOFTMAX_WIDTH = 70;", ""),
    Change("const ATTENTION_WIDTH = 150;", ""),
    Change("return PALETTE[config.mode][name]", "return params.color[name]"),
    Change("config.mode = params['display_mode'];", ""),
    # What folds up is the head view, which has a figure of its own: here all is unfolded.
    Change("renderVisCollapsed(svg, leftText, rightText, att);", ""),
    Change(
        """            if (config.expanded == true) {
                showExpanded();
            } else {
                showCollapsed();
            }
""",
        "",
    ),
    Change('.attr("id", "expanded")\n                .attr("visibility", "hidden");', ";"),
    Change("config.expanded = false;", "config.expanded = true;"),
    Change(
        "config.initialTextLength * BOXHEIGHT",
        "Math.max(leftText.length, rightText.length) * BOXHEIGHT",
    ),
    Change("$(`#${config.rootDivId} #vis`).empty();", "config.root.replaceChildren();"),
    Change("d3.select(`#${config.rootDivId} #vis`)", "d3.select(config.root)"),
    Change(
        '.attr("width", "100%")',
        '.attr("width", 2 * BOXWIDTH + 3 * MATRIX_WIDTH + 5.5 * PADDING_WIDTH + BOXHEIGHT'
        " + params.margin)",
    ),
    Change(
        """            d3.select(`#${config.rootDivId}`)
                .style("background-color", getColor('background'));
            d3.selectAll(`#${config.rootDivId} .dropdown-label`)
                .style("color", getColor('dropdown'))
""",
        "",
    ),
    Change("config.rootDivId = params['root_div_id'];", "config.root = params['root'];"),
    Change(
        """
            const layerSelect = $(`#${config.rootDivId} #layer`);
            layerSelect.empty();
            for (var i = 0; i < config.nLayers; i++) {
                layerSelect.append($("<option />").val(i).text(i));
            }
            layerSelect.val(config.layer).change();
            layerSelect.on('change', function (e) {
                config.layer = +e.currentTarget.value;
                render();
            });

            const headSelect = $(`#${config.rootDivId} #att_head`);
            headSelect.empty();
            for (var i = 0; i < config.nHeads; i++) {
                headSelect.append($("<option />").val(i).text(i));
            }
            headSelect.val(config.head).change();
            headSelect.on('change', function (e) {
                config.head = +e.currentTarget.value;
                render();
            });

            $(`#${config.rootDivId} #filter`).on('change', function (e) {
                config.filter = e.currentTarget.value;
                render();
            });
""",
        "",
    ),
    Change(
        """            var lineFunction = d3.line()
                .x(function (d) {
                    return d.x;
                })
                .y(function (d) {
                    return d.y;
                });
""",
        """            var lineFunction = (all) => "M" + all.map(d => d.x + " " + d.y).join("L");
""",
    ),
    Change('.attr("id", id)', '.attr("class", id)', 4),
    Change('.attr("id", "dotproducts")', '.attr("class", "dotproducts")'),
    Change('svg.select("#', 'svg.select(".', 24),
    Change("svg.select('#", "svg.select('.", 9),
    Change("config.bidirectional = params['bidirectional'];", "config.bidirectional = true;"),
    Change('.attr("dy", TEXT_SIZE);', '.attr("dy", (BOXHEIGHT - 6) / 2 + 0.35 * TEXT_SIZE);'),
    # A bar of the weights was planned there and never drawn.
    Change("updateSoftmax(svg, att);", ""),
)

CHANGES = {"head_view.js": HEAD_VIEW, "model_view.js": MODEL_VIEW, "neuron_view.js": NEURON_VIEW}
"""The adapted files, and what is changed in each."""

HEADINGS = """function renderHeadingsExpanded(svg, posQueries, posKeys, posProduct, posDots, pos) {
            const container = svg.append("g").attr("class", "heading");
            const write = (x, text, anchor) => container.append("text").attr("x", x)
                .attr("y", HEADING_HEIGHT - 12).style("text-anchor", anchor).text(text);
            const half = MATRIX_WIDTH / 2;
            write(posQueries + half, params.words.query, "middle");
            write(posKeys + half, params.words.key, "middle");
            write(posProduct + half, params.words.product, "middle");
            write(posDots + BOXHEIGHT / 2, params.words.score, "middle");
            write(pos + BOXWIDTH + params.margin - 4, params.words.weight, "end");
            write(posProduct + half, params.words.placeholder, "middle")
                .attr("class", "placeholder").attr("y", HEADING_HEIGHT + 2 * BOXHEIGHT);
        }

        """
"""Names over the columns, in the page's language; bertviz places its English ones by hand."""


class Cut(NamedTuple):
    """What stands from `start` up to `end` becomes `new`; each of the two stands once."""

    start: str
    end: str
    new: str = ""


CUTS = {
    # the boxes that switch heads on and off: the engine has buttons, with numbers
    "head_view.js": (Cut("function drawCheckboxes(", "function transpose("),),
    "model_view.js": (),
    "neuron_view.js": (
        Cut("const PALETTE = {", "const MIN_CONNECTOR_OPACITY"),
        Cut("function renderVisCollapsed(", "function renderVisExpanded("),
        Cut("function renderHeadingsExpanded(", "function renderHorizLines(", HEADINGS),
        Cut("function renderAttn(", "function renderVectors("),
        # the signs that fold up and unfold
        Cut(
            "if (expanded) {",
            "function updateTextAttention(",
            "}\n        }\n\n        ",
        ),
        Cut("function updateSoftmax(", "function highlightSelection("),
        Cut("function showCollapsed(", "function getColor("),
    ),
}
"""What is left out of each file."""


def adapt(name: str, source: str) -> str:
    """Return bertviz's `name` as an ES module.

    Args:
        name: ``head_view.js``, ``model_view.js`` or ``neuron_view.js``.
        source: Its text as installed.

    Raises:
        CourseError: the source is not what the adaptation expects; the sentence says where.
    """
    start = source.find(OPENING)
    body = source[start + len(OPENING) :].rstrip()
    if start < 0 or source.count(OPENING) != 1 or not body.endswith("});"):
        raise _unexpected(name, "its require.js wrapper")
    body = body.removesuffix("});").lstrip()
    for cut in CUTS[name]:
        body = _without(name, body, cut)
    for change in CHANGES[name]:
        found = body.count(change.old)
        if found != change.times:
            first_line = change.old.strip().splitlines()[0]
            raise _unexpected(name, f"{first_line!r} ({found} times, not {change.times})")
        body = body.replace(change.old, change.new)
    for word in ("$(", "requirejs", "PYTHON_PARAMS", 'attr("id"', "console.", "rootDivId"):
        if word in body:
            raise _unexpected(name, f"a {word!r} that is left over")
    return body + "}\n"


def _without(name: str, body: str, cut: Cut) -> str:
    """Return `body` after a cut."""
    start, end, new = cut
    if body.count(start) != 1 or body.count(end) != 1 or body.index(start) > body.index(end):
        raise _unexpected(name, f"{start!r} before {end!r}")
    return body[: body.index(start)] + new + body[body.index(end) :]


def bertviz_source(name: str) -> str:
    """Return the text of installed bertviz's `name`, without importing bertviz and its torch.

    Raises:
        CourseError: bertviz is not installed, or has no such file.
    """
    found = importlib.util.find_spec("bertviz")
    path = Path(found.origin).parent / name if found and found.origin else None
    if path is None or not path.is_file():
        raise CourseError(
            f"bertviz's {name} is not installed, and the views are drawn by it; "
            'install it with: pip install "seeing-attention[site]"'
        )
    return path.read_text(encoding="utf-8")


def _unexpected(name: str, what: str) -> CourseError:
    version = importlib.metadata.version("bertviz")
    return CourseError(
        f"bertviz {version}: {name} is not what the adaptation expects, look at {what}; "
        "install bertviz==1.4.1 or follow the change in site/attention_views/adapt.py."
    )
