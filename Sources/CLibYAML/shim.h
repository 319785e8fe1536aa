// The system's libyaml, as pkg-config's yaml-0.1 finds it.
#include <yaml.h>
