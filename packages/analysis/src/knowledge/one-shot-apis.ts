/**
 * What starts something that then goes on by itself, or is done once: sounds, tweens and animations, timers, requests, what is kept of a visitor. Nobody starts one in every frame,
 * so a branch that always does is taken now and then.
 *
 * By API; a class stands for those that extend it, as far as the shapes tell.
 */
import type { ApiKey } from "../source/traced-type.ts";
import { canonicalApi } from "./package-aliases.ts";

const ONE_SHOTS: ReadonlySet<ApiKey> = new Set([
  ...["setTimeout", "fetch", "alert", "confirm", "prompt", "open", "close"].flatMap((name) => [`global:${name}`, `global:Window#${name}`]),
  ...["HTMLMediaElement", "HTMLAudioElement", "HTMLVideoElement"].map((name) => `global:${name}#play`),
  ...["AudioScheduledSourceNode", "AudioBufferSourceNode", "OscillatorNode", "ConstantSourceNode"].map((name) => `global:${name}#start`),
  ...["Element", "HTMLElement"].flatMap((name) => [`global:${name}#animate`, `global:${name}#requestFullscreen`, `global:${name}#scrollIntoView`, `global:${name}#click`]),
  "global:Storage#setItem", "global:Storage#removeItem", "global:localStorage.setItem", "global:sessionStorage.setItem", "global:localStorage.removeItem",
  "global:History#pushState", "global:history.pushState", "global:location.reload", "global:Location#reload", "global:navigator.vibrate", "global:Navigator#vibrate", "global:speechSynthesis.speak",
  ...["to", "from", "fromTo", "delayedCall", "timeline", "killTweensOf"].flatMap((name) => [`gsap:gsap.${name}`, `gsap:TweenLite.${name}`, `gsap:TweenMax.${name}`, `gsap:Timeline#${name}`]),
  "@tweenjs/tween.js:Tween#start", "animejs:animate", "animejs:default", "motion:animate", "framer-motion:animate", "popmotion:animate",
  "@pixi/sound:sound.play", "@pixi/sound:Sound#play", "pixi-sound:sound.play", "howler:Howl#play", "three:Audio#play", "three:PositionalAudio#play",
  "phaser:Tweens.TweenManager#add", "phaser:Sound.BaseSoundManager#play", "phaser:Sound.BaseSound#play", "phaser:Time.Clock#delayedCall", "phaser:Scenes.ScenePlugin#start",
  "playcanvas:SoundComponent#play", "playcanvas:SoundSlot#play", "@babylonjs/core:Sound#play", "excalibur:Sound#play", "kaplay:play", "kaplay:wait", "kaplay:go",
]);

export function isOneShot(api: ApiKey): boolean {
  return ONE_SHOTS.has(canonicalApi(api));
}

/** By package, the names that a call of one must have: a filter before anybody is asked what is called. The platform's are under `global`. */
export const ONE_SHOT_NAMES: ReadonlyMap<string, ReadonlySet<string>> = namesByPackage();

function namesByPackage(): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>();
  for (const api of ONE_SHOTS) {
    const owner = api.slice(0, api.lastIndexOf(":"));
    const known = names.get(owner) ?? new Set();
    names.set(owner, known.add(api.replace(/^.*[#.:]/, "")));
  }
  return names;
}
