from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0012_chat_level0")]

    operations = [
        migrations.AddField(
            model_name="mailbox",
            name="sign_mail",
            field=models.BooleanField(default=False),
        ),
    ]
