/** What the station takes and gives, by method. */
export interface Methods {
  [method: string]: { params: any; result: any };
}

/** A notification of the station. */
export interface Event {
  seq: number;
  at: string;
  event: string;
  [field: string]: any;
}
