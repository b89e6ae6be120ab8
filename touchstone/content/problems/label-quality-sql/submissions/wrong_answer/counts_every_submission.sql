SELECT a.annotator, COUNT(*) AS n, ROUND(AVG(a.label = g.label), 4) AS accuracy
FROM annotations a JOIN gold g ON g.item_id = a.item_id
GROUP BY a.annotator
HAVING COUNT(*) >= 5
ORDER BY accuracy, a.annotator;
