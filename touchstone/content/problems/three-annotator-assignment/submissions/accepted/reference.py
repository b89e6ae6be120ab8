import sys
from collections import deque


class Flow:
    def __init__(self, nodes):
        self.edges = [[] for _ in range(nodes)]

    def add(self, start, end, room):
        there, back = [end, room, None], [start, 0, None]
        there[2], back[2] = back, there
        self.edges[start].append(there)
        self.edges[end].append(back)
        return there

    def run(self, source, sink):
        total = 0
        while True:
            level = {source: 0}
            queue = deque([source])
            while queue:
                node = queue.popleft()
                for end, room, _ in self.edges[node]:
                    if room and end not in level:
                        level[end] = level[node] + 1
                        queue.append(end)
            if sink not in level:
                return total
            unused = [iter(edges) for edges in self.edges]
            sent = 1
            while sent:
                sent = self.push(source, sink, 1 << 60, level, unused)
                total += sent

    def push(self, node, sink, most, level, unused):
        if node == sink:
            return most
        for edge in unused[node]:
            if edge[1] and level.get(edge[0]) == level[node] + 1:
                sent = self.push(edge[0], sink, min(most, edge[1]), level, unused)
                if sent:
                    edge[1] -= sent
                    edge[2][1] += sent
                    return sent
        return 0


def shares(sizes, holders, people, load):
    """How many items of each skill each holder takes with nobody above the load, or None."""
    source, sink = len(sizes) + people, len(sizes) + people + 1
    flow = Flow(sink + 1)
    taken = []
    for skill, size in enumerate(sizes):
        flow.add(source, skill, 3 * size)
        taken.append([(p, flow.add(skill, len(sizes) + p, size)) for p in holders[skill]])
    for person in range(people):
        flow.add(len(sizes) + person, sink, load)
    if flow.run(source, sink) < 3 * sum(sizes):
        return None
    return [[(p, edge[2][1]) for p, edge in edges] for edges in taken]


def main():
    lines = sys.stdin.read().split("\n")
    n, people = map(int, lines[0].split())
    of_person = [set(line.split()[1:]) for line in lines[1 : people + 1]]
    wanted = lines[people + 1 : people + 1 + n]
    names = sorted(set(wanted))
    sizes = [wanted.count(name) for name in names]
    holders = [[p for p in range(people) if name in of_person[p]] for name in names]
    if any(len(holding) < 3 for holding in holders):
        print("IMPOSSIBLE")
        return
    low, high = -(-3 * n // people), n
    while low < high:
        middle = (low + high) // 2
        if shares(sizes, holders, people, middle) is None:
            low = middle + 1
        else:
            high = middle
    found = shares(sizes, holders, people, low)
    turns = {}
    for name, size, taken in zip(names, sizes, found):
        # Nobody takes more than `size` of the row, so places one `size` apart differ.
        row = [person + 1 for person, times in taken for _ in range(times)]
        turns[name] = iter([row[i::size] for i in range(size)])
    print(low)
    for name in wanted:
        print(*next(turns[name]))


main()
