/** The playground's own mark: a line that runs on to a light. */

import { svg } from './dom.js';

export function mark() {
  return svg('svg', { viewBox: '0 0 32 32', class: 'mark', 'aria-hidden': 'true' },
    svg('path', { d: 'M6 20.5h5.4l2.7-8.4 4.1 12.2 2.6-7.5H26', fill: 'none', stroke: '#fff', 'stroke-width': 2.6, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' }),
    svg('circle', { cx: 24.2, cy: 8.6, r: 3.2, fill: '#fbbf4d' }));
}
