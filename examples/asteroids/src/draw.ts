/** Draws the game on a canvas: reads the simulation, changes nothing of it, and makes no object a frame. */
import { type Asteroid, HEIGHT, type Ship, WIDTH } from "./entities.ts";
import type { Game } from "./game.ts";

const CORNERS = 11;

/** A number as text, made again only when the number changes. */
class Label {
  readonly #title: string;
  #value = -1;
  #text = "";

  constructor(title: string) {
    this.#title = title;
  }

  textOf(value: number): string {
    if (value !== this.#value) this.#renew(value);
    return this.#text;
  }

  /** @cold a few times a minute */
  #renew(value: number): void {
    this.#value = value;
    this.#text = `${this.#title} ${value}`;
  }
}

const points = new Label("score");
const lives = new Label("lives");
const wave = new Label("wave");
const best = new Label("best");

export function draw(context: CanvasRenderingContext2D, game: Game, bestPoints: number): void {
  context.fillStyle = "#05070c";
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.lineWidth = 1.5;
  context.strokeStyle = "#9fb4d0";
  for (let index = 0; index < game.asteroids.count; index++) drawAsteroid(context, game.asteroids.at(index));
  drawSparks(context, game);
  context.fillStyle = "#ffffff";
  for (let index = 0; index < game.bullets.count; index++) {
    const bullet = game.bullets.at(index);
    context.fillRect(bullet.x - 1.5, bullet.y - 1.5, 3, 3);
  }
  if (!game.over) drawShip(context, game.ship, game.danger);
  context.font = "16px monospace";
  context.fillText(points.textOf(game.score.points), 16, 28);
  context.fillText(lives.textOf(game.score.lives), 16, 50);
  context.fillText(wave.textOf(game.wave), WIDTH - 96, 28);
  context.fillText(best.textOf(bestPoints), WIDTH - 96, 50);
  if (game.over) context.fillText("game over: enter starts again", WIDTH / 2 - 140, HEIGHT / 2);
}

function drawAsteroid(context: CanvasRenderingContext2D, asteroid: Asteroid): void {
  context.beginPath();
  for (let corner = 0; corner < CORNERS; corner++) {
    const angle = asteroid.angle + (corner / CORNERS) * 2 * Math.PI;
    // Any hash will do that gives each asteroid a ragged edge of its own.
    const dent = ((asteroid.seed * (corner + 3) * 7919) % 97) / 97;
    const radius = asteroid.radius * (0.78 + 0.3 * dent);
    context.lineTo(asteroid.x + Math.cos(angle) * radius, asteroid.y + Math.sin(angle) * radius);
  }
  context.closePath();
  context.stroke();
}

function drawSparks(context: CanvasRenderingContext2D, game: Game): void {
  context.fillStyle = "#ffb84d";
  for (let index = 0; index < game.particles.capacity; index++) {
    const spark = game.particles.at(index);
    if (spark.life <= 0) continue;
    context.globalAlpha = Math.max(0, spark.life);
    context.fillRect(spark.x - 1, spark.y - 1, 2, 2);
  }
  context.globalAlpha = 1;
}

function drawShip(context: CanvasRenderingContext2D, ship: Ship, danger: number): void {
  context.strokeStyle = ship.shield > 0 ? "#4da6ff" : "#ffffff";
  context.beginPath();
  context.moveTo(ship.nose.x, ship.nose.y);
  context.lineTo(ship.x + Math.cos(ship.angle + 2.5) * ship.radius, ship.y + Math.sin(ship.angle + 2.5) * ship.radius);
  context.lineTo(ship.x + Math.cos(ship.angle - 2.5) * ship.radius, ship.y + Math.sin(ship.angle - 2.5) * ship.radius);
  context.closePath();
  context.stroke();
  if (danger < 0) return;
  context.strokeStyle = "#ff5c5c";
  context.beginPath();
  context.arc(ship.x, ship.y, ship.radius + 10, (danger / 8) * 2 * Math.PI, ((danger + 1) / 8) * 2 * Math.PI);
  context.stroke();
}
