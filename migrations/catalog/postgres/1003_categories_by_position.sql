-- GET /v1/categories pages by position: without this it reads and sorts every category for each page.

CREATE INDEX categories_by_position ON categories (position, id);
