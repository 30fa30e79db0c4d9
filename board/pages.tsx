/** @jsxImportSource hono/jsx */
import { type Logging, StoreBusy } from "../logging/mod.ts";
import type { Looking } from "./access/gate.tsx";
import { act } from "./actions.ts";
import type { Assets } from "./assets.ts";
import type { BoardOptions } from "./board.ts";
import type { Desk, ReadSheet, Sheet } from "./desk.ts";
import { readError } from "./error/read_error.tsx";
import { errorQueryOf, readErrorsView } from "./errors/errors_view.ts";
import { type Delivery, FrameDesk } from "./frame/facts.ts";
import type { HeaderProps } from "./frame/header.tsx";
import { type BoardFailure, FailureText, titleOf, type WayOn } from "./frame/failure_page.tsx";
import { ERROR_SEARCH } from "./frame/search.tsx";
import { goTo, Page, sendPage } from "./layout.tsx";
import { purge } from "./overview/purge.tsx";

/** Puts every page behind the gate into its frame, and does what forms say. The caller records what is thrown. */
export class Pages implements Desk {
  readonly options: BoardOptions;
  readonly logging: Logging;
  readonly store: Logging["store"];
  readonly #assets: Assets;
  readonly #frame: FrameDesk;

  constructor(options: BoardOptions, assets: Assets) {
    this.options = options;
    this.logging = options.logging;
    this.store = options.logging.store;
    this.#assets = assets;
    this.#frame = new FrameDesk(options.logging, options.keys);
  }

  async show(read: ReadSheet, parameters: URLSearchParams, looking: Looking): Promise<Response> {
    // Asked for at the same time.
    this.#frame.read().catch(() => {});
    return await this.frame(await read(this, parameters, looking), looking);
  }

  async error(
    parameters: URLSearchParams,
    looking: Looking & { id: string; occurrence?: string },
  ): Promise<Response> {
    const sheet = await readError(this, parameters, looking);
    if (sheet !== null) return await this.frame(sheet, looking);
    return await this.tell({
      status: 404,
      sentence: "No error has this id. It may have been removed.",
    }, looking);
  }

  async act(form: URLSearchParams, { person, clock }: Looking): Promise<Response> {
    const { nowMs } = clock;
    const listed = (parameters: URLSearchParams) => {
      const query = errorQueryOf(readErrorsView(parameters, clock), { nowMs, person });
      const { sort: _sort, limit: _limit, cursor: _cursor, ...errors } = query;
      return errors;
    };
    return goTo(await act(this.store, form, { nowMs, by: person.name, listed }));
  }

  async purge(form: URLSearchParams): Promise<Response> {
    return goTo(await purge(this.store, form));
  }

  async frame(sheet: Sheet | Response, looking: Looking): Promise<Response> {
    if (sheet instanceof Response) return sheet;
    const { content, section, search = ERROR_SEARCH, ...props } = sheet;
    const header = await this.#header(looking, { section, search });
    return await sendPage(
      <Page {...props} header={header} assets={this.#assets}>{content}</Page>,
    );
  }

  /** The page for a request that failed. `looking` is absent where nobody is signed in. */
  async tell(failure: BoardFailure, looking?: Looking & WayOn): Promise<Response> {
    // Whatever failed, this page is shown: without what the store says if that fails, too.
    const header = looking &&
      await this.#header(looking, { search: ERROR_SEARCH }).catch(() => undefined);
    const { again, back } = looking ?? {};
    const way = { ...again !== undefined && { again }, ...back !== undefined && { back } };
    return await sendPage(
      <Page title={titleOf(failure.status)} assets={this.#assets} {...header && { header }}>
        <FailureText failure={failure} way={way} />
      </Page>,
      { status: failure.status },
    );
  }

  /** After a change that a person made: the next page says what is so now. */
  forget(): void {
    this.#frame.forget();
  }

  async delivery(): Promise<Delivery> {
    const health = await this.store.health().catch((error: unknown) => {
      if (error instanceof StoreBusy) return null;
      throw error;
    });
    return { stats: this.logging.stats(), health, nearQuota: await this.#frame.nearQuota() };
  }

  async #header(
    { person, clock }: Looking,
    sheet: Pick<HeaderProps, "search"> & Partial<Pick<HeaderProps, "section">>,
  ): Promise<Omit<HeaderProps, "assets">> {
    const { section, search } = sheet;
    return { section, search, person, clock, facts: await this.#frame.read() };
  }
}
