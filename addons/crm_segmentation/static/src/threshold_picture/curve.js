/** How many customers have at least which number, and which turnover they bring. */
export class Curve {
    /** @param {Object} picture the answer of crm.segmentation.threshold_picture */
    constructor(picture) {
        this.picture = picture;
        // The server tells the biggest number first.
        this.rising = [...picture.points].reverse();
        this.best = picture.better === "low" ? this.rising : picture.points;
        this.last = Math.max(0, this.best.length - 1);
    }

    valueAt(place) {
        return this.best[place].value;
    }

    /** The place of a number on the axis, the best numbers on the left. */
    place(value) {
        const low = this.picture.better === "low";
        const found = this.best.findIndex((point) =>
            low ? point.value >= value : point.value <= value
        );
        return found < 0 ? this.last : found;
    }

    /** Customers with at least a number; exact where the number has a point. */
    atLeast(value, orMore = true) {
        const point = this.rising.find((one) => one.value >= value);
        if (!point) {
            return {count: 0, amount: 0, exact: true};
        }
        const exact = point.value === value;
        const tied = exact && !orMore;
        return {
            count: point.count - (tied ? point.tied : 0),
            amount: point.amount - (tied ? point.tied_amount : 0),
            exact,
        };
    }

    rest({count, amount, exact}) {
        const {measured, turnover} = this.picture;
        return {count: measured - count, amount: turnover - amount, exact};
    }

    /** Who meets a condition and who does not. */
    sides(basis, operator, value) {
        if (basis === "share" || basis === "quantile") {
            const place = this.placeOfPercent(basis, value);
            const better = {...this.betterThan(place), exact: false};
            const inside = basis === "share" ? "<" : ">";
            return operator.startsWith(inside)
                ? {inside: better, outside: this.rest(better)}
                : {inside: this.rest(better), outside: better};
        }
        const rising = operator.startsWith(">");
        const above = this.atLeast(value, operator === ">=" || operator === "<");
        return rising
            ? {inside: above, outside: this.rest(above)}
            : {inside: this.rest(above), outside: above};
    }

    /** Customers from the best one down to a place. */
    betterThan(place) {
        const point = this.best[place];
        if (!point) {
            return {count: 0, amount: 0};
        }
        if (this.picture.better !== "low") {
            return point;
        }
        return this.rest(this.atLeast(point.value, false));
    }

    /**
     * The last place that still meets “share < percent” or “quantile ≥ percent”.
     * Nearly: customers between two points of the curve are taken together.
     */
    placeOfPercent(basis, percent) {
        let place = 0;
        for (let index = 0; index < this.best.length; index++) {
            const {count} = this.betterThan(index);
            const met =
                basis === "share"
                    ? this.shareBefore(index) < percent
                    : 100 * (1 - count / this.ranked) >= percent;
            if (met) {
                place = index;
            }
        }
        return place;
    }

    /** Those who can be ranked: for “the more, the better” not those with nothing. */
    get ranked() {
        const {better, measured} = this.picture;
        return (better === "low" ? measured : this.atLeast(0, false).count) || 1;
    }

    /** Percent of the metric's total that those with bigger numbers hold. */
    shareBefore(index) {
        const place = this.rising.length - 1 - index;
        const point =
            this.picture.better === "low" ? this.rising[index] : this.rising[place];
        const held = point.total - point.tied * Math.max(0, point.value);
        return (100 * held) / (this.picture.total || 1);
    }

    /** A path over the plot (0 to 100 each way) of a figure's part of the whole. */
    path(figure, whole) {
        const steps = this.best.map((_point, index) => {
            const part = whole ? this.betterThan(index)[figure] / whole : 0;
            const height = 100 - 100 * Math.min(1, Math.max(0, part));
            return `${(100 * index) / Math.max(1, this.last)},${height}`;
        });
        return steps.join(" ");
    }

    /** Five numbers below the axis. */
    get ticks() {
        const places = [0, 0.25, 0.5, 0.75, 1].map((p) => Math.round(p * this.last));
        return [...new Set(places)].map((place) => ({
            place: (100 * place) / Math.max(1, this.last),
            value: this.valueAt(place),
        }));
    }
}
