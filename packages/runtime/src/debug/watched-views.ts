/** The objects of handles for debug mode: none is handed out twice, and one whose value is over throws FA401 and says where it was allocated. */
import { staleOwnedValue, type FrameAllocError } from "../errors.ts";
import { ViewStock } from "../handles/view-stock.ts";
import type { Memory } from "../memory.ts";
import type { AllocType, ByteType } from "../types/memory-type.ts";
import { SiteSampler, type AllocationSite, type AllocationSites } from "./allocation-site.ts";
import { checkClass } from "../types/object-type.ts";
import { followValue } from "../types/rebind-value.ts";
import { guardedType, Life } from "./guarded-types.ts";

class ViewLife extends Life {
  readonly site: AllocationSite;

  constructor(memory: Memory, site: AllocationSite) {
    super(memory);
    this.site = site;
  }

  protected override stale(): FrameAllocError {
    return staleOwnedValue("handle", this.site.text);
  }
}

export class WatchedViews extends ViewStock {
  private readonly sampler: SiteSampler;
  private readonly lives: WeakMap<object, ViewLife> = new WeakMap();

  constructor(memory: Memory, sites: AllocationSites) {
    super(memory);
    this.sampler = new SiteSampler(sites);
  }

  override take(type: AllocType, ptr: number): object {
    if (typeof type === "function") checkClass(type, "handles().alloc");
    const life = new ViewLife(this.memory, this.sampler.next());
    const view = typeof type === "function" ? new type() : guardedType(type).make(life.asMemory(), ptr);
    this.lives.set(view, life);
    return view;
  }

  override give(_type: AllocType, view: object): void {
    const life = this.lives.get(view);
    if (life !== undefined) life.over = 1;
  }

  override move(type: ByteType, view: object, ptr: number): object {
    const life = this.lives.get(view) as ViewLife;
    return this.handOn(view, followValue(guardedType(type).place(view, life.asMemory(), ptr)));
  }

  override rebind(type: AllocType, view: object, ptr: number): object {
    return this.handOn(view, super.rebind(type, view, ptr));
  }

  override siteOf(view: object): string | undefined {
    return this.lives.get(view)?.site.text;
  }

  /** A typed array has another one in its place. */
  private handOn(view: object, instead: object): object {
    const life = this.lives.get(view);
    if (life !== undefined) this.lives.set(instead, life);
    return instead;
  }
}
