"""``model_view.js``: the page's own colours and words; lines that no eye can see are left out."""

from attention_views.changes.change import TEMPLATE, Change, Cut

CUTS: tuple[Cut, ...] = ()

CHANGES = (
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
