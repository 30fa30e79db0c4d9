import { greet } from "./greet.js";
import "./shop.js";

greet("ana");
