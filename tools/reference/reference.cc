#include "tools/reference/reference.h"

#include "lib/config/reference.h"
#include "tools/reference/api_page.h"
#include "tools/reference/resources_page.h"

namespace ichor::reference {

std::vector<Page> Pages() {
  return {{.file = "api.md", .text = ApiPage()},
          {.file = "config.md", .text = config::Reference()},
          {.file = "resources.md", .text = ResourcesPage()}};
}

}  // namespace ichor::reference
