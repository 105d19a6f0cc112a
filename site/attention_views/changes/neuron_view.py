"""``neuron_view.js``: always unfolded, with the page's own names over the columns."""

from attention_views.changes.change import Change, Cut

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

CUTS = (
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
)

CHANGES = (
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
