// What react-client is where there is none.
export const createRoot = undefined;
