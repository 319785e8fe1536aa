/// Starting programs.
enum Placeholder {}
