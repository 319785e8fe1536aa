/* The floor under every reader built on libyaml: its event loop over the same bytes, and nothing
   else. Build with `cc -O2 floor.c -lyaml -o floor`; run with `floor FILE...`. */
#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

static char *contents(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (!file) return NULL;
  fseek(file, 0, SEEK_END);
  *length = (size_t)ftell(file);
  rewind(file);
  char *bytes = malloc(*length + 1);
  if (bytes && fread(bytes, 1, *length, file) != *length) {
    free(bytes);
    bytes = NULL;
  }
  fclose(file);
  return bytes;
}

/* The number of events, or -1 where libyaml refuses the text. */
static long events(const char *bytes, size_t length) {
  yaml_parser_t parser;
  if (!yaml_parser_initialize(&parser)) return -1;
  yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, length);
  long count = 0;
  for (int done = 0; !done; count++) {
    yaml_event_t event;
    if (!yaml_parser_parse(&parser, &event)) {
      count = -1;
      break;
    }
    done = event.type == YAML_STREAM_END_EVENT;
    yaml_event_delete(&event);
  }
  yaml_parser_delete(&parser);
  return count;
}

int main(int argc, char **argv) {
  long total = 0;
  for (int index = 1; index < argc; index++) {
    size_t length = 0;
    char *bytes = contents(argv[index], &length);
    long count = bytes ? events(bytes, length) : -1;
    free(bytes);
    if (count < 0) {
      fprintf(stderr, "floor: cannot read %s\n", argv[index]);
      return 1;
    }
    total += count;
  }
  printf("%ld events\n", total);
  return 0;
}
