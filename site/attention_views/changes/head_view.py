"""``head_view.js``: sizes, colours and buttons come from the engine; heads lie side by side."""

from attention_views.changes.change import TEMPLATE, Change, Cut

CUTS = (
    # the boxes that switch heads on and off: the engine has buttons, with numbers
    Cut("function drawCheckboxes(", "function transpose("),
)

CHANGES = (
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
