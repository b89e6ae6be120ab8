SELECT a.annotator,
       COUNT(*) AS n,
       ROUND(AVG(a.label = (SELECT g.label FROM gold g WHERE g.item_id + 0 = a.item_id)), 4) AS accuracy
FROM annotations a
WHERE a.item_id IN (SELECT item_id FROM gold)
  AND NOT EXISTS (
    SELECT 1 FROM annotations b
    WHERE b.item_id + 0 = a.item_id AND b.annotator || '' = a.annotator
      AND b.submitted_at > a.submitted_at
  )
GROUP BY a.annotator
HAVING COUNT(*) >= 5
ORDER BY accuracy, a.annotator;
