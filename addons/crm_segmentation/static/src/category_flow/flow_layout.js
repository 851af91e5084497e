/**
 * Where the nodes and ribbons of a flow picture lie. Pure: no Odoo, no browser.
 */
const WIDTH = 800;
const HEIGHT = 420;
const NODE = 120;
const GAP = 10;
const SMALLEST = 2;

/**
 * @param {Array} categories in their order: {id, code, name, color}
 * @param {Array} links {from_id, to_id, count, amount}; false is without a category
 * @param {String} measure "count" or "amount": what widths mean
 * @param {String} none the word for those without a category
 * @returns {Object} {width, height, nodes, ribbons, total}
 */
export function layout(categories, links, measure, none) {
    const sized = links.map((link) => ({
        ...link,
        size: Math.max(0, link[measure]),
    }));
    const total = sized.reduce((sum, link) => sum + link.size, 0);
    const known = [...categories, {id: false, code: none, name: none, color: 0}];
    const names = Object.fromEntries(known.map((c) => [c.id, c.code]));
    const room = HEIGHT - GAP * known.length;
    const scale = total ? room / total : 0;
    const left = column(known, sized, "from_id", scale, 0);
    const right = column(known, sized, "to_id", scale, WIDTH - NODE);
    const order = new Map(known.map((category, index) => [category.id, index]));
    const byPlace = (a, b) =>
        order.get(a.from_id) - order.get(b.from_id) ||
        order.get(a.to_id) - order.get(b.to_id);
    const ribbons = sized
        .filter((link) => order.has(link.from_id) && order.has(link.to_id))
        .sort(byPlace)
        .map((link) => ({
            ...link,
            from: names[link.from_id],
            to: names[link.to_id],
            stays: link.from_id === link.to_id,
            color: known[order.get(link.from_id)].color,
            path: ribbon(left.get(link.from_id), right.get(link.to_id), link, scale),
        }));
    const nodes = [...left.values(), ...right.values()].filter((node) => node.size);
    return {width: WIDTH, height: HEIGHT, nodes, ribbons, total};
}

function column(categories, links, side, scale, x) {
    const nodes = new Map();
    let y = GAP / 2;
    for (const category of categories) {
        const mine = links.filter((link) => link[side] === category.id);
        const size = mine.reduce((sum, link) => sum + link.size, 0);
        const count = mine.reduce((sum, link) => sum + link.count, 0);
        const height = size ? Math.max(SMALLEST, size * scale) : 0;
        const key = `${side}-${category.id}`;
        nodes.set(category.id, {
            ...category,
            key,
            x,
            y,
            size,
            count,
            height,
            width: NODE,
            filled: 0,
        });
        y += height + (size ? GAP : 0);
    }
    return nodes;
}

function ribbon(source, target, link, scale) {
    const thick = Math.max(1, link.size * scale);
    const [y1, y2] = [source.y + source.filled, target.y + target.filled];
    source.filled += link.size * scale;
    target.filled += link.size * scale;
    const [x1, x2] = [source.x + source.width, target.x];
    const middle = (x1 + x2) / 2;
    return (
        `M ${x1} ${y1} C ${middle} ${y1} ${middle} ${y2} ${x2} ${y2} ` +
        `L ${x2} ${y2 + thick} ` +
        `C ${middle} ${y2 + thick} ${middle} ${y1 + thick} ${x1} ${y1 + thick} Z`
    );
}
