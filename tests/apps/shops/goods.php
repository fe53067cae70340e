<?php // Goods in SQLite; SHOP_DB is the path of the file.
$db = new PDO('sqlite:' . getenv('SHOP_DB'));
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    $db->prepare('INSERT INTO goods VALUES (?)')->execute([$_POST['name']]);
    header('Location: /');
    exit;
}
?>
<!doctype html><title>Shop</title>
<form method=post><label>New <input name=name></label><button>Add</button></form>
<ul><?php foreach ($db->query('SELECT name FROM goods') as $row): ?>
<li><?= htmlspecialchars($row['name']) ?></li>
<?php endforeach ?></ul>
