"""Moves items one by one, and starts again from nothing for every load it tries."""

import sys
from collections import deque


def place(item, skilled, of_item, held, load):
    """Gives the item one more annotator, moving others along a chain if need be."""
    came = {}
    queue = deque()
    for person in skilled[item]:
        if person not in of_item[item]:
            came[person] = (item, None)
            queue.append(person)
    while queue:
        person = queue.popleft()
        if len(held[person]) < load:
            while person is not None:
                moved, before = came[person]
                of_item[moved].add(person)
                held[person].add(moved)
                if before is not None:
                    of_item[moved].discard(before)
                    held[before].discard(moved)
                person = before
            return True
        for other in held[person]:
            for next_person in skilled[other]:
                if next_person not in came and next_person not in of_item[other]:
                    came[next_person] = (other, person)
                    queue.append(next_person)
    return False


def main():
    lines = sys.stdin.read().split("\n")
    n, people = map(int, lines[0].split())
    of_person = [set(line.split()[1:]) for line in lines[1 : people + 1]]
    wanted = lines[people + 1 : people + 1 + n]
    skilled = [[p for p in range(people) if name in of_person[p]] for name in wanted]
    if any(len(able) < 3 for able in skilled):
        print("IMPOSSIBLE")
        return
    for load in range(1, n + 1):
        of_item = [set() for _ in range(n)]
        held = [set() for _ in range(people)]
        if all(place(i, skilled, of_item, held, load) for i in range(n) for _ in range(3)):
            print(load)
            for some in of_item:
                print(*(person + 1 for person in some))
            return


main()
