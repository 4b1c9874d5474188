/** The version of the command. A test holds it equal to the package's. */

export const VERSION = "0.1.0";
